package dev.sluice.standalone;

import dev.sluice.cli.SubmitCommand;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.standalone.bench.BenchReport;
import dev.sluice.standalone.bench.BenchRunner;
import dev.sluice.standalone.bench.BenchVariant;
import dev.sluice.standalone.bench.Measurement;
import dev.sluice.standalone.embedded.StandaloneServer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares the pipeline with plain FFmpeg and with the legacy processor, on this host, with one file. */
@Command(
        name = "bench",
        description =
                "Compare the pipeline with plain FFmpeg and with the legacy processor: wall time, CPU time, memory.")
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Parameters(paramLabel = "FILE", description = "video file")
    private Path file = Path.of("");

    @Option(names = "--rounds", paramLabel = "N", description = "runs of each variant (default: ${DEFAULT-VALUE})")
    private int rounds = 3;

    @Option(
            names = "--only",
            paramLabel = "VARIANT",
            description = "variant to run; may be repeated: ${COMPLETION-CANDIDATES}")
    private List<BenchVariant> only = List.of(BenchVariant.values());

    /** Each round begins with another variant, so that the order has no effect. */
    private List<BenchVariant> variants(int round) {
        List<BenchVariant> variants = new ArrayList<>(only);
        Collections.rotate(variants, 1 - round);
        return variants;
    }

    /**
     * The CPU time of processes in their own PID namespace is not added to that of their parents, which is measured. The final update
     * ends the measurement; it does not wait for its distance, because a job is committed before.
     */
    private static JsonObject measurable(JsonObject settings) {
        return settings.copy()
                .mergeIn(
                        new JsonObject()
                                .put("ffmpeg", new JsonObject().put("sandbox", "off"))
                                .put("updates", new JsonObject().put("finalDistanceSeconds", 0)),
                        true);
    }

    @Override
    public Integer call() throws Exception {
        SubmitCommand.requireReadable(file);
        System.out.println("starting broker, database and object store in " + data.directory());
        try (StandaloneServer standalone = StandaloneServer.start(data.directory(), measurable(data.settings()))) {
            FfmpegInstallation ffmpeg =
                    FfmpegInstallation.locate(standalone.config().ffmpeg());
            BenchRunner runner = BenchRunner.of(standalone, ffmpeg, file);
            BenchReport report = new BenchReport(System.out, only);
            report.printHeader(file, runner.info(), ffmpeg);
            for (int round = 1; round <= rounds; round++) {
                List<Measurement> results = new ArrayList<>();
                for (BenchVariant variant : variants(round)) {
                    Measurement measurement = runner.run(variant);
                    report.printRow(round, measurement);
                    results.add(measurement);
                }
                report.addRound(results);
            }
            report.summary();
            return 0;
        }
    }
}
