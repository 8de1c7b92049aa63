package dev.sluice;

import dev.sluice.media.FfmpegInstallation;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** FFmpeg and ffprobe behind scripts that write down how long each process took. */
record TimedFfmpeg(Path directory) {
    /** In microseconds; the shell starts no other program, so that measuring costs little. */
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

    /** Forgets what was measured so far. */
    void reset() throws IOException {
        Files.writeString(log(), "");
    }

    /** The time that all processes since the last reset took, each from its start to its end. */
    double millis() throws IOException {
        return Files.readAllLines(log()).stream().mapToLong(Long::parseLong).sum() / 1e3;
    }

    private Path log() {
        return directory.resolve("times");
    }
}
