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

/** A host without FFmpeg and without the desktop libraries that the bundled FFmpeg was linked against. */
@Timeout(300)
@EnabledOnOs(OS.LINUX)
class BareMachineIT {
    /**
     * Replaces each library directory by links to all libraries but those, and mounts an empty file over each FFmpeg, in the
     * mount namespace of the following command.
     */
    private static final String HIDE = """
            set -eu
            root=$1; shift
            mount --make-rprivate /
            mount -t tmpfs tmpfs "$root"
            for folder in /usr/lib/*-linux-gnu /lib/*-linux-gnu /usr/lib64 /lib64; do
                [ -d "$folder" ] && [ "$(readlink -f "$folder")" = "$folder" ] || continue
                all=$root$folder/all; some=$root$folder/some
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
    void demoRunsWithoutLoaderErrors() throws Exception {
        assumeThat(canMount()).as("private mount namespaces are allowed").isTrue();
        Path root = Files.createDirectory(directory.resolve("root"));
        List<String> bare = List.of("unshare", "-m", "sh", "-c", HIDE, "sh", root.toString());

        try (JarProcess demo =
                JarProcess.start(bare, JarProcess.STANDALONE, "demo", "--data", directory.resolve("data"))) {
            assertThat(demo.awaitExit(Duration.ofSeconds(200)))
                    .as(demo.toString())
                    .isZero();
            assertThat(demo.err()).isEmpty();
            assertThat(demo.out()).contains("upload     done").containsPattern("360p +640x360");
        }
    }

    private static boolean canMount() throws IOException, InterruptedException {
        try {
            Process mount = new ProcessBuilder("unshare", "-m", "mount", "--make-rprivate", "/")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return mount.waitFor(10, TimeUnit.SECONDS) && mount.exitValue() == 0;
        } catch (IOException noUnshare) {
            return false;
        }
    }
}
