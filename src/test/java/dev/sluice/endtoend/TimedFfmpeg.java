package dev.sluice.endtoend;

import dev.sluice.ffmpeg.install.FfmpegInstallation;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** FFmpeg and ffprobe with wrapper scripts that record the duration of each process. */
record TimedFfmpeg(Path directory) {
    private static final int STARTS = 21;
    /** In microseconds. The shell starts no other program, so that the overhead is only {@link #cost}. */
    private static final String SCRIPT = """
            #!/bin/bash
            begun=$EPOCHREALTIME
            '%s' "$@"
            code=$?
            ended=$EPOCHREALTIME
            echo $((${ended/./} - ${begun/./})) >> '%s'
            exit $code
            """;

    static TimedFfmpeg in(Path directory, FfmpegInstallation real) throws IOException {
        TimedFfmpeg timed = new TimedFfmpeg(directory);
        timed.write("ffmpeg", real.ffmpeg());
        timed.write("ffprobe", real.ffprobe());
        return timed;
    }

    private void write(String name, Path real) throws IOException {
        Path script = directory.resolve(name);
        Files.writeString(script, SCRIPT.formatted(real, log()));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    JsonObject settings() {
        return new JsonObject().put("ffmpeg", directory.resolve("ffmpeg").toString());
    }

    /** Overhead of measuring a process in milliseconds: the median of alternating runs with and without it. */
    double cost(Path real) throws IOException, InterruptedException {
        List<Long> more = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            long bare = start(real);
            more.add(start(directory.resolve("ffprobe")) - bare);
        }
        Collections.sort(more);
        return more.get(STARTS / 2) / 1e6;
    }

    private static long start(Path program) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        new ProcessBuilder(program.toString(), "-version")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        return System.nanoTime() - begun;
    }

    /** Discards the measurements. */
    void reset() throws IOException {
        Files.writeString(log(), "");
    }

    /** Mean duration of the first, second, … process of a job, for sequential jobs. */
    List<Double> millisOfEach(int processes) throws IOException {
        List<String> lines = Files.readAllLines(log());
        return IntStream.range(0, processes)
                .mapToObj(first -> IntStream.iterate(first, n -> n < lines.size(), n -> n + processes)
                        .mapToLong(n -> Long.parseLong(lines.get(n)))
                        .average()
                        .orElse(0))
                .map(micros -> micros / 1e3)
                .toList();
    }

    /** Sum of the durations of all processes since the last reset, in milliseconds. */
    double millis() throws IOException {
        return Files.readAllLines(log()).stream().mapToLong(Long::parseLong).sum() / 1e3;
    }

    private Path log() {
        return directory.resolve("times");
    }
}
