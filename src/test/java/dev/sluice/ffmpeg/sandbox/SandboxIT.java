package dev.sluice.ffmpeg.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.install.SandboxLocator;
import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Actions of a compromised FFmpeg, tried by a shell in its place. */
@Timeout(60)
class SandboxIT {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final ProcessLimits LIMITS = new ProcessLimits(16L << 30, 1 << 20);

    @TempDir
    private Path job;

    private Path attempt;
    private Path source;
    private Path neighbour;

    @BeforeEach
    void createFiles() throws IOException {
        assumeTrue(Bubblewrap.works(), "bubblewrap does not work on this host");
        attempt = Files.createDirectories(job.resolve("processing-0-7"));
        Files.writeString(attempt.resolve("own"), "own");
        Path download = Files.createDirectories(job.resolve("download-0-3"));
        source = Files.writeString(download.resolve("source"), "the source");
        neighbour = Files.writeString(download.resolve("neighbour"), "the neighbour's");
    }

    @Test
    void exposesOnlySystemFilesAndOwnFiles() {
        List<String> files = output("cd /; find . -path ./usr -prune -o -path ./lib -prune -o -path ./lib64 -prune"
                + " -o -path ./proc -prune -o -path ./dev -prune -o -path ." + programDirectory()
                + " -prune -o -type f -print");

        assertThat(files)
                .filteredOn(file -> !file.startsWith("./etc/ld.so.cache") && !file.startsWith("./etc/alternatives/"))
                .containsExactlyInAnyOrder("." + source, "." + attempt.resolve("own"));
        assertThat(output("cat /etc/passwd '" + neighbour + "' || cat '" + source + "'"))
                .containsExactly("the source");
    }

    @Test
    void allowsWritesOnlyInAttemptDirectory() throws IOException {
        assertThat(output("for file in '" + source + "' /usr/made '" + programDirectory()
                        + "/made' /proc/sysrq-trigger; do"
                        + " (echo overwritten > \"$file\") 2>/dev/null && echo \"$file\"; done;"
                        + " (rm -f '" + source + "' && mv own '" + source + "') 2>/dev/null && echo moved;"
                        + " ln '" + source + "' link 2>/dev/null && echo linked;"
                        + " setting=/proc/sys/vm/swappiness; was=$(cat $setting);"
                        + " (echo $was > $setting) 2>/dev/null && echo $setting; echo made > made; echo tried"))
                .containsExactly("tried");

        assertThat(source).hasContent("the source");
        assertThat(neighbour).hasContent("the neighbour's");
        assertThat(attempt.resolve("made")).hasContent("made");
        try (Stream<Path> files = Files.list(attempt)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void deniesWritesBesideSourceWhenReading() throws IOException {
        assertThat(output(
                        FileAccess.readFile(source),
                        "cat '" + source + "'; cd '" + source.getParent()
                                + "'; (echo > made) 2>/dev/null; ls; echo overwritten > source"))
                .containsExactly("the sourcesource");

        assertThat(source).hasContent("the source");
        try (Stream<Path> files = Files.list(neighbour.getParent())) {
            assertThat(files).containsExactlyInAnyOrder(source, neighbour);
        }
    }

    @Test
    void deniesNetworkAccess() throws IOException {
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            listening.configureBlocking(false);
            int port = ((InetSocketAddress) listening.getLocalAddress()).getPort();

            assertThat(connect(SandboxMode.REQUIRED, port)).isNotZero();
            assertThat(listening.accept()).isNull();

            assertThat(connect(SandboxMode.OFF, port)).isNotZero();
            try (var connection = listening.accept()) {
                assertThat(connection).as("without the sandbox it does connect").isNotNull();
            }
        }
    }

    @Test
    void hidesOtherProcessesAndDropsPrivileges() {
        long ownPid = ProcessHandle.current().pid();

        assertThat(output("kill -0 " + ownPid
                        + " 2>/dev/null && echo found; for p in /proc/[0-9]*; do echo process; done"))
                .hasSizeBetween(3, 6)
                .containsOnly("process");
        assertThat(output("grep -E '^(Cap|NoNewPrivs)' /proc/self/status | tr -d '\\t'"))
                .containsExactly(
                        "CapInh:0000000000000000",
                        "CapPrm:0000000000000000",
                        "CapEff:0000000000000000",
                        "CapBnd:0000000000000000",
                        "CapAmb:0000000000000000",
                        "NoNewPrivs:1");
        assertThat(output("unshare --user --map-root-user true 2>/dev/null && echo root; echo tried"))
                .containsExactly("tried");
    }

    /** File systems in memory count against the memory of the host, and nothing else would bound them. */
    @Test
    void allowsNoFilesInMemory() {
        assertThat(output("for directory in / /tmp /dev /dev/shm /etc /proc '" + source.getParent() + "'; do"
                        + " (echo made > \"$directory/made\") 2>/dev/null && echo \"$directory\"; done; echo tried"))
                .containsExactly("tried");
    }

    @Test
    void deniesSystemCallsThatFfmpegNeverNeeds() {
        assumeTrue(sandbox().filter().isPresent(), "no filter for this architecture");

        assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "perl is not installed");

        assertThat(output("grep Seccomp: /proc/self/status | tr -d '\\t';"
                        + " perl -e 'use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or print \"$!\"'"))
                .containsExactly("Seccomp:2", "Operation not permitted");
    }

    @Test
    void exposesMinimalEnvironment() {
        assertThat(output("env | sort"))
                .containsExactly(
                        "AV_LOG_FORCE_NOCOLOR=1",
                        "HOME=" + attempt,
                        "LC_ALL=C",
                        "PATH=/usr/bin:/bin",
                        "PWD=" + attempt,
                        "SVT_LOG=1",
                        "TMPDIR=" + attempt);
    }

    @Test
    void worksForUnprivilegedUser() throws Exception {
        assumeTrue(
                System.getProperty("user.name").equals("root"),
                "not root, so every test here runs as an unprivileged user");
        List<String> command = unprivileged(
                sandbox(), "id -u > made; cat '" + source + "'; cat '" + neighbour + "'; echo overwritten > own");

        Process user = new ProcessBuilder(command).start();

        assertThat(new String(user.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("the source");
        assertThat(user.waitFor()).isNotZero();
        assertThat(attempt.resolve("made")).hasContent("65534\n");
        assertThat(attempt.resolve("own")).hasContent("own");
    }

    /** The kernel does not limit the processes of root, so that the locator sets no limit for it. */
    @Test
    void limitsProcessesOfEachSandbox() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "cannot start a process of another user");
        assertThat(sandbox().maxProcesses()).isEmpty();
        String bomb = "n=0; while [ $n -lt 100 ]; do n=$((n+1)); sleep 20 & echo $n; done";
        List<Process> bombs = new ArrayList<>();
        for (int count = 0; count < 2; count++) {
            bombs.add(new ProcessBuilder(unprivileged(sandbox().withMaxProcesses(40), bomb)).start());
        }

        for (Process each : bombs) {
            List<String> started = new String(each.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            // The first process of the sandbox and those of the guard count, the processes of the other sandbox do not.
            assertThat(started).hasSizeBetween(30, 39);
            assertThat(each.waitFor()).isNotZero();
        }
    }

    /** The command line of a shell of another user in a sandbox without FFmpeg's programs. */
    private List<String> unprivileged(Sandbox sandbox, String script) throws IOException {
        Files.setPosixFilePermissions(job, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(attempt, PosixFilePermissions.fromString("rwxrwxrwx"));
        Sandbox own = new Sandbox(
                sandbox.bwrap(), SandboxLocator.system(), List.of(), Optional.empty(), sandbox.maxProcesses());
        List<String> command =
                new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
        command.addAll(
                new FfmpegLaunchSpec(SHELL, FileAccess.encode(attempt, source), LIMITS, Optional.of(own)).command());
        command.addAll(List.of("-c", script));
        return command;
    }

    @Test
    void failsWhenSandboxCannotBeSetUp() {
        assertThatThrownBy(() -> output(FileAccess.readFile(job.resolve("missing")), "echo never"))
                .isInstanceOfSatisfying(JobException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.FFMPEG_FAILED);
                    assertThat(failure.message()).isEqualTo("The sandbox for FFmpeg could not be set up.");
                });
    }

    private int connect(SandboxMode mode, int port) {
        return FfmpegFixture.ffmpeg(mode)
                .readRunner(FileAccess.readDirectory(attempt))
                .run(
                        List.of("-nostdin", "-i", "tcp://127.0.0.1:" + port + "?timeout=200000", "-f", "null", "-"),
                        line -> {},
                        Watchdog.withDeadline(Duration.ofSeconds(30)),
                        new CancellationToken())
                .exitCode();
    }

    private List<String> output(String script) {
        return output(FileAccess.encode(attempt, source), script);
    }

    /** Standard output of a shell in the sandbox. */
    private static List<String> output(FileAccess fileAccess, String script) {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        new FfmpegRunner(new FfmpegLaunchSpec(SHELL, fileAccess, LIMITS, Optional.of(sandbox())))
                .run(
                        List.of("-c", script),
                        lines::add,
                        Watchdog.withDeadline(Duration.ofSeconds(30)),
                        new CancellationToken());
        return lines;
    }

    private static Sandbox sandbox() {
        return FfmpegFixture.ffmpeg().sandbox().orElseThrow();
    }

    private static String programDirectory() {
        return String.valueOf(FfmpegFixture.ffmpeg().ffmpeg().getParent());
    }
}
