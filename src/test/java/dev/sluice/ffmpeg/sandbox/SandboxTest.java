package dev.sluice.ffmpeg.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Complete command lines that start FFmpeg, without its own arguments. */
class SandboxTest {
    private static final Sandbox SANDBOX = new Sandbox(
            Path.of("/usr/bin/bwrap"),
            List.of("--ro-bind", "/usr", "/usr", "--symlink", "usr/lib64", "/lib64"),
            List.of(Path.of("/home/video/.sluice/ffmpeg/linux")),
            Optional.empty(),
            Optional.empty());

    private static final Path ATTEMPT = Path.of("/work/jobs/a/processing-0-7");
    private static final Path SOURCE = Path.of("/work/jobs/a/download-0-3/source");

    private static final String PREFIX = "/usr/bin/bwrap --unshare-all --die-with-parent --new-session --cap-drop ALL"
            + " --clearenv --setenv PATH /usr/bin:/bin --setenv HOME %1$s --setenv TMPDIR %1$s --setenv LC_ALL C"
            + " --setenv AV_LOG_FORCE_NOCOLOR 1 --setenv SVT_LOG 1 --ro-bind /usr /usr --symlink usr/lib64 /lib64"
            + " --proc /proc --remount-ro /proc --dev /dev --remount-ro /dev --dir /tmp"
            + " --ro-bind /home/video/.sluice/ffmpeg/linux /home/video/.sluice/ffmpeg/linux";

    @Test
    void bindsSourceAndWritableDirectoryForEncode() {
        assertThat(prefix(FileAccess.encode(ATTEMPT, SOURCE), Optional.of(SANDBOX)))
                .isEqualTo(PREFIX.formatted(ATTEMPT)
                        + " --bind /work/jobs/a/processing-0-7 /work/jobs/a/processing-0-7"
                        + " --ro-bind /work/jobs/a/download-0-3/source /work/jobs/a/download-0-3/source"
                        + " --remount-ro / --chdir /work/jobs/a/processing-0-7 -- /bin/sh");
    }

    @Test
    void bindsSourceReadOnlyForProbe() {
        assertThat(prefix(FileAccess.readFile(SOURCE), Optional.of(SANDBOX)))
                .isEqualTo(PREFIX.formatted("/tmp")
                        + " --ro-bind /work/jobs/a/download-0-3/source /work/jobs/a/download-0-3/source"
                        + " --remount-ro / --chdir /tmp -- /bin/sh");
    }

    @Test
    void bindsDirectoryReadOnlyForVerification() {
        assertThat(prefix(FileAccess.readDirectory(ATTEMPT), Optional.of(SANDBOX)))
                .isEqualTo(PREFIX.formatted(ATTEMPT)
                        + " --ro-bind /work/jobs/a/processing-0-7 /work/jobs/a/processing-0-7"
                        + " --remount-ro / --chdir /work/jobs/a/processing-0-7 -- /bin/sh");
    }

    @Test
    void passesSystemCallFilterAsOpenFile() {
        Sandbox filtered = new Sandbox(
                SANDBOX.bwrap(),
                SANDBOX.system(),
                SANDBOX.programs(),
                Optional.of(Path.of("/cache/calls.bpf")),
                Optional.empty());

        assertThat(launchSpec(FileAccess.readFile(SOURCE), Optional.of(filtered))
                        .command())
                .startsWith("/bin/sh", "-c", "exec \"$@\" 9<\"$0\"", "/cache/calls.bpf", "/usr/bin/bwrap")
                .containsSequence("--seccomp", "9");
    }

    @Test
    void startsGuardAloneWithoutSandbox() {
        assertThat(prefix(FileAccess.encode(ATTEMPT, SOURCE), Optional.empty())).isEqualTo("/bin/sh");
    }

    @Test
    void passesLimitsToGuardInShellUnits() {
        List<String> command =
                launchSpec(FileAccess.readFile(SOURCE), Optional.of(SANDBOX)).command();

        assertThat(command.subList(command.indexOf("/bin/sh"), command.size()))
                .startsWith("/bin/sh", "-c")
                .endsWith("sh", "1048576", "4096", "unlimited", "/opt/ffmpeg");
    }

    @Test
    void limitsProcessesWhereTheKernelCountsThemBySandbox() {
        assertThat(launchSpec(FileAccess.readFile(SOURCE), Optional.of(SANDBOX.withMaxProcesses(640)))
                        .command())
                .endsWith("4096", "640", "/opt/ffmpeg");
    }

    private static String prefix(FileAccess fileAccess, Optional<Sandbox> sandbox) {
        List<String> command = launchSpec(fileAccess, sandbox).command();
        return String.join(" ", command.subList(0, command.indexOf("-c")));
    }

    private static FfmpegLaunchSpec launchSpec(FileAccess fileAccess, Optional<Sandbox> sandbox) {
        return new FfmpegLaunchSpec(Path.of("/opt/ffmpeg"), fileAccess, new ProcessLimits(1 << 30, 2 << 20), sandbox);
    }
}
