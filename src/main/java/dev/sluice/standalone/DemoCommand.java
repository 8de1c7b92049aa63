package dev.sluice.standalone;

import dev.sluice.backend.job.JobPoller;
import dev.sluice.cli.JobFollower;
import dev.sluice.cli.SubmitCommand;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.standalone.embedded.StandaloneServer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Processes one video and prints the progress and the location of the outputs. */
@Command(name = "demo", description = "Process FILE, or a generated clip, and print the location of the outputs.")
final class DemoCommand implements Callable<Integer> {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    /** More often than a backend needs it, for a smooth display. */
    private static final double PROGRESS_SECONDS = 0.25;

    @Mixin
    private DataOption data = new DataOption();

    @Parameters(paramLabel = "FILE", arity = "0..1", description = "video file (default: a generated clip)")
    private @Nullable Path file;

    @Override
    public Integer call() throws Exception {
        if (file != null) {
            SubmitCommand.requireReadable(file);
        }
        JsonObject settings = data.settings();
        if (!settings.containsKey("updates")) {
            settings.put("updates", new JsonObject().put("progressIntervalSeconds", PROGRESS_SECONDS));
        }
        System.out.println("starting broker, database and object store in " + data.directory());
        try (StandaloneServer standalone = StandaloneServer.start(data.directory(), settings)) {
            Path video = file == null ? clip(standalone) : file;
            return new JobFollower(
                            standalone.sluice().submission(),
                            new JobPoller(
                                    standalone.vertx(), standalone.sluice().jobs(), POLL_INTERVAL),
                            System.out,
                            key -> standalone.objectPath(key).toString())
                    .submitAndFollow(video, "demo")
                    .await();
        }
    }

    private Path clip(StandaloneServer standalone) {
        System.out.println("generating a clip of 10 seconds");
        return SampleClip.generate(
                FfmpegInstallation.locate(standalone.config().ffmpeg()),
                data.directory(),
                "demo.mp4",
                Duration.ofSeconds(10),
                "1280x720");
    }
}
