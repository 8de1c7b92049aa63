package dev.sluice.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory use does not grow with the object. */
final class LargeObjectIT {
    private static final long SIZE = 512L << 20;

    @Test
    void transfersObjectLargerThanMemory(@TempDir Path dir) throws IOException, InterruptedException {
        Path output = dir.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:MaxDirectMemorySize=32m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LargeObjectRun.class.getName(),
                        dir.toString(),
                        Long.toString(SIZE)))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        boolean ended = process.waitFor(4, TimeUnit.MINUTES);
        process.destroyForcibly();

        assertThat(ended).as("ended in time").isTrue();
        assertThat(process.exitValue())
                .as(() -> "exit code, after saying " + read(output))
                .isZero();
    }

    private static String read(Path output) {
        try {
            String text = Files.readString(output);
            return text.substring(Math.max(0, text.length() - 4_000));
        } catch (IOException cause) {
            return cause.toString();
        }
    }
}
