package dev.sluice.ffmpeg.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.OutputActivity;
import dev.sluice.ffmpeg.process.Watchdog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process without output for longer than the stall timeout, like FFmpeg while it moves the contents of a large file. */
@Timeout(120)
class SilentWorkIT {
    private static final String REWRITE_SAME_BYTE = """
            i=0
            while [ $i -lt 50 ]; do
                printf x | dd of=film.mp4 conv=notrunc 2>/dev/null
                sleep 0.2
                i=$((i+1))
            done
            """;

    @TempDir
    private Path directory;

    @Test
    void continuesWhileFilesAreWritten() {
        FfmpegRunner.ExitResult result = FfmpegFixture.bare(Path.of("/bin/sh"), directory)
                .run(
                        List.of("-c", REWRITE_SAME_BYTE),
                        line -> {},
                        Watchdog.forEncode(Duration.ofSeconds(5), Duration.ofMinutes(1), new OutputActivity(directory)),
                        new CancellationToken());

        assertThat(result.exitCode()).isZero();
        assertThat(directory.resolve("film.mp4")).hasContent("x");
    }
}
