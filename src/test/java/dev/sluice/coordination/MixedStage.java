package dev.sluice.coordination;

import dev.sluice.job.StageName;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * A stage of clips and of long videos, whose names begin with {@code clip} and {@code video}, on the cores of a host.
 *
 * @param planned what becomes of a long video that is encoded in segments
 * @param inOnePiece whether long videos are encoded in one piece
 */
record MixedStage(SleepingStage planned, SharedCores cores, boolean inOnePiece, Duration clip, Duration video)
        implements Stage {
    @Override
    public StageName name() {
        return planned.name();
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        boolean isClip = context.job().id().value().startsWith("clip");
        return switch (name()) {
            case PROCESSING ->
                isClip || inOnePiece
                        ? cores.run(isClip ? clip : video).map(done -> encoded(context.job()))
                        : planned.run(context);
            case SEGMENT -> cores.run(video.dividedBy(planned.segments())).compose(done -> planned.run(context));
            default -> planned.run(context);
        };
    }

    private static StageResult encoded(StagedJob job) {
        return new StageResult(
                job.withOutputs(
                        List.of(new OutputFile(OutputFile.Type.SCALED, "videos/one", 2, 2, 1, "video/mp4", "720p", 0))),
                new JsonObject());
    }
}
