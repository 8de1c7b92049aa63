package dev.sluice.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A server as it comes: no FFmpeg, none of the desktop's libraries that the bundled one was linked against. */
@Timeout(300)
@EnabledOnOs(OS.LINUX)
class BareMachineIT {
    /**
     * Puts a copy of each folder of libraries in its place, made of links and without the libraries in question, then an
     * empty file over each FFmpeg; all of that only for the command that follows and what it starts.
     */
    private static final String HIDE = """
            set -eu
            room=$1; shift
            mount --make-rprivate /
            mount -t tmpfs tmpfs "$room"
            for folder in /usr/lib/*-linux-gnu /lib/*-linux-gnu /usr/lib64 /lib64; do
                [ -d "$folder" ] && [ "$(readlink -f "$folder")" = "$folder" ] || continue
                all=$room$folder/all; some=$room$folder/some
                mkdir -p "$all" "$some"
                mount --bind "$folder" "$all"
                ln -s "$all"/* "$some"
                rm -f "$some"/libxcb* "$some"/libX11* "$some"/libasound* "$some"/libpulse* "$some"/libudev*
                mount --bind "$some" "$folder"
            done
            for name in ffmpeg ffprobe; do
                found=$(command -v $name) && mount --bind /dev/null "$found"
            done
            ls /usr/lib/*-linux-gnu /lib64 2>/dev/null | grep -E '^lib(xcb|X11|asound|pulse|udev)' && exit 99
            exec "$@"
            """;

    @TempDir
    private Path directory;

    @Test
    void theDemoWorksAndTheLoaderIsSilent() throws Exception {
        assumeThat(mayMount()).as("mount namespaces of our own are allowed").isTrue();
        Path room = Files.createDirectory(directory.resolve("room"));
        List<String> bare = List.of("unshare", "-m", "sh", "-c", HIDE, "sh", room.toString());

        try (JarProcess demo =
                JarProcess.start(bare, JarProcess.STANDALONE, "demo", "--data", directory.resolve("data"))) {
            assertThat(demo.awaitExit(Duration.ofSeconds(200)))
                    .as(demo.toString())
                    .isZero();
            assertThat(demo.err()).isEmpty();
            assertThat(demo.out()).contains("upload     done").containsPattern("360p +640x360");
        }
    }

    private static boolean mayMount() throws IOException, InterruptedException {
        try {
            Process tried = new ProcessBuilder("unshare", "-m", "mount", "--make-rprivate", "/")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return tried.waitFor(10, TimeUnit.SECONDS) && tried.exitValue() == 0;
        } catch (IOException noUnshare) {
            return false;
        }
    }
}
