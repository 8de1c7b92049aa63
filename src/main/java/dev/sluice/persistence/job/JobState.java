package dev.sluice.persistence.job;

import dev.sluice.job.StageName;
import dev.sluice.job.StepNames;
import dev.sluice.message.Codec;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.message.Update;
import dev.sluice.message.json.InvalidMessage;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a job stands. A job that a worker of ours has claimed, or that has ended, is as our row says; of another the user's row
 * knows more, because another system may be at it.
 */
record JobState(Optional<Row> known, Optional<JsonObject> users) {
    private static final String PENDING = "PENDING";

    private Optional<Row> ours() {
        return known.filter(
                row -> row.getLong("seq") > 0 || !row.getString("state").equals("running"));
    }

    String status() {
        return ours().map(row -> switch (row.getString("state")) {
                    case "completed" -> "COMPLETED";
                    case "failed" -> "FAILED";
                    default -> "PROCESSING";
                })
                .or(() -> ofUser("status").map(status -> status.toUpperCase(Locale.ROOT)))
                .orElse(PENDING);
    }

    int progress() {
        return ours().map(row -> row.getInteger("progress"))
                .or(() -> ofUser("progress").map(JobState::whole))
                .orElse(0);
    }

    Optional<String> step() {
        return ofUser("currentStep")
                .or(() -> ours().map(row -> {
                    StageName stage = StageName.of(row.getString("stage"));
                    StepNames steps = message()
                            .map(message -> message.answerForm().steps())
                            .orElse(StepNames.STAGED);
                    return switch (row.getString("state")) {
                        case "completed" -> steps.doneStep(stage);
                        case "failed" -> steps.failedStep(stage);
                        default -> stage.startStep();
                    };
                }));
    }

    Optional<String> error() {
        return known.flatMap(row -> Optional.ofNullable(row.getString("error_message")))
                .or(() -> ofUser("errorMessage"));
    }

    JsonArray thumbnails() {
        return array("thumbnails").orElseGet(() -> Update.thumbnails(outputs()));
    }

    JsonArray videoVersions() {
        return array("videoVersions").orElseGet(() -> Update.videoVersions(outputs()));
    }

    Optional<JsonObject> metadata() {
        return ofUser("metadata")
                .flatMap(JobState::object)
                .or(() -> message().flatMap(StagedJob::metadata).map(Update::metadataJson));
    }

    /** What was published; what a stage before has made may never be. */
    private List<OutputFile> outputs() {
        return known.filter(row -> row.getString("state").equals("completed"))
                .flatMap(completed -> message())
                .map(StagedJob::outputs)
                .orElse(List.of());
    }

    private Optional<StagedJob> message() {
        try {
            return known.map(row -> Codec.stagedJob((JsonObject) row.getValue("message"), StageName.UPLOAD));
        } catch (InvalidMessage unreadable) {
            return Optional.empty();
        }
    }

    private Optional<JsonArray> array(String column) {
        try {
            return ofUser(column).map(JsonArray::new);
        } catch (DecodeException | ClassCastException notAnArray) {
            return Optional.empty();
        }
    }

    private static Optional<JsonObject> object(String text) {
        try {
            return Optional.of(new JsonObject(text));
        } catch (DecodeException | ClassCastException notAnObject) {
            return Optional.empty();
        }
    }

    /** A user's column may be of any type that holds a number. */
    private static int whole(String text) {
        try {
            return (int) Math.min(100, Math.max(0, Math.floor(Double.parseDouble(text))));
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    private Optional<String> ofUser(String column) {
        return users.map(row -> row.getString(column)).filter(text -> !text.isEmpty());
    }
}
