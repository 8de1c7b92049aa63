package dev.sluice.standalone;

import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.standalone.bench.BenchReport;
import dev.sluice.standalone.bench.BenchRunner;
import dev.sluice.standalone.bench.BenchVariant;
import dev.sluice.standalone.bench.Measurement;
import dev.sluice.standalone.embedded.StandaloneServer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds the pipeline against FFmpeg alone and against the way of the older processor, on this machine, with this file. */
@Command(
        name = "bench",
        description = "Compare the pipeline with plain FFmpeg and with the older way: wall, CPU, memory.")
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Parameters(paramLabel = "FILE", description = "the video")
    private Path file = Path.of("");

    @Option(names = "--rounds", paramLabel = "N", description = "how often each is run (default: ${DEFAULT-VALUE})")
    private int rounds = 3;

    @Option(names = "--only", paramLabel = "WAY", description = "run only this: plain, older or pipeline")
    private List<BenchVariant> only = List.of(BenchVariant.values());

    /** Each round begins with another one, so that none always runs after the same. */
    private List<BenchVariant> inTurn(int round) {
        List<BenchVariant> ways = new ArrayList<>(only);
        Collections.rotate(ways, 1 - round);
        return ways;
    }

    /** The CPU time of what ends in a process namespace of its own is not added to that of its parents, which is what is read. */
    private static JsonObject withoutSandbox(JsonObject settings) {
        return settings.copy().mergeIn(new JsonObject().put("ffmpeg", new JsonObject().put("sandbox", "off")), true);
    }

    @Override
    public Integer call() throws Exception {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("There is no file " + file + ".");
        }
        System.out.println("starting a broker, a database and an object store in " + data.directory());
        try (StandaloneServer standalone = StandaloneServer.start(data.directory(), withoutSandbox(data.settings()))) {
            FfmpegInstallation ffmpeg =
                    FfmpegInstallation.locate(standalone.config().ffmpeg());
            BenchRunner contenders = BenchRunner.of(standalone, ffmpeg, file);
            BenchReport report = new BenchReport(System.out, only);
            report.printHeader(file, contenders.info(), ffmpeg);
            for (int round = 1; round <= rounds; round++) {
                List<Measurement> results = new ArrayList<>();
                for (BenchVariant variant : inTurn(round)) {
                    Measurement measured = contenders.run(variant);
                    report.printRow(round, measured);
                    results.add(measured);
                }
                report.addRound(results);
            }
            report.summary();
            return 0;
        }
    }
}
