package dev.sluice.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class UpdateFormatterTest {
    @Test
    void saysWhereAJobStands() {
        JsonObject update = update("processing", 30, "processing_video").put("eta_seconds", 12);

        assertThat(UpdateFormatter.format(update)).isEqualTo("processing  30 %  processing_video  (12 s remaining)");
    }

    @Test
    void countsWhatACompletedJobMade() {
        JsonObject update = update("completed", 100, "upload_complete")
                .put("video_versions", new JsonArray().add(new JsonObject()).add(new JsonObject()))
                .put("thumbnails", new JsonArray().add(new JsonObject()));

        assertThat(UpdateFormatter.format(update))
                .isEqualTo("completed  100 %  upload_complete  video_versions: 2  thumbnails: 1");
    }

    @Test
    void saysWhyAJobFailed() {
        JsonObject update = update("failed", 0, "download_failed")
                .put("error_message", "The file is empty (0 bytes).")
                .put("error_code", "empty_file");

        assertThat(UpdateFormatter.format(update))
                .isEqualTo("failed       0 %  download_failed  The file is empty (0 bytes).  (empty_file)");
    }

    @Test
    void showsAnUpdateOfAnotherKindOfProcessorAsFarAsItGoes() {
        JsonObject bare = new JsonObject().put("status", "failed").put("progress", "most");

        assertThat(UpdateFormatter.format(bare)).isEqualTo("failed     most %  ?  no error message  (no error code)");
    }

    @Test
    void letsNothingIntoTheTerminalThatMovesTheCursor() {
        assertThat(UpdateFormatter.format(update("processing", 1, "a\u001b[2Jb\n")))
                .endsWith("a\\u001b[2Jb\\u000a");
    }

    private static JsonObject update(String status, int progress, String step) {
        return new JsonObject().put("status", status).put("progress", progress).put("current_step", step);
    }
}
