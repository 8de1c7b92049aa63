package dev.sluice.ffmpeg.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.job.Cost;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes that exit or are killed, in a sandbox and without one. */
@Timeout(60)
@ParameterizedClass
@EnumSource(names = {"OFF", "REQUIRED"})
class FfmpegRunnerIT {
    private static final List<String> ENDLESS = List.of(
            "-nostdin",
            "-loglevel",
            "level+warning",
            "-progress",
            "pipe:1",
            "-stats_period",
            "0.1",
            "-re",
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=64x64",
            "-f",
            "null",
            "-");

    private static final Set<ProcessHandle> SERVICES =
            ProcessHandle.current().children().collect(Collectors.toUnmodifiableSet());

    private final SandboxMode sandbox;

    @TempDir
    private Path directory;

    FfmpegRunnerIT(SandboxMode sandbox) {
        this.sandbox = sandbox;
    }

    @Test
    void killsProcessWhenCancelled() throws Exception {
        CancellationToken cancellation = new CancellationToken();
        CountDownLatch running = new CountDownLatch(1);
        JobException reason = new JobException(ErrorCode.LEASE_LOST, "Another worker has it.");
        ExecutorService worker = Executors.newSingleThreadExecutor();

        Future<FfmpegRunner.ExitResult> run = worker.submit(() -> ffmpeg().run(
                        ENDLESS,
                        line -> running.countDown(),
                        Watchdog.withStallTimeout(Duration.ofSeconds(30)),
                        cancellation));
        running.await();
        cancellation.cancel(reason);

        assertThatThrownBy(run::get).hasCause(reason);
        assertThat(children()).isEmpty();
        worker.shutdown();
    }

    @Test
    void accountsForKilledProcess() {
        CancellationToken cancellation = new CancellationToken();
        JobException reason = new JobException(ErrorCode.LEASE_LOST, "Another worker has it.");
        List<String> unpaced = new ArrayList<>(ENDLESS);
        unpaced.remove("-re");
        unpaced.set(unpaced.indexOf("testsrc=size=64x64"), "testsrc=size=1280x720");
        double before = cpuSecondsOfChildren();

        assertThatThrownBy(() -> ffmpeg().run(
                                unpaced,
                                line -> {
                                    if (line.startsWith("frame=") && Integer.parseInt(line.substring(6)) > 200) {
                                        cancellation.cancel(reason);
                                    }
                                },
                                Watchdog.withStallTimeout(Duration.ofSeconds(30)),
                                cancellation))
                .isSameAs(reason);

        Cost cost = cancellation.cost().total();
        // Far less than 200 frames of 1280x720 need.
        assertThat(cost.cpu()).isBetween(Duration.ofMillis(50), Duration.ofMinutes(1));
        if (sandbox == SandboxMode.OFF) {
            assertThat(cost.cpu().toMillis() / 1000.0)
                    .as("as the kernel accounted for this process")
                    .isCloseTo(cpuSecondsOfChildren() - before, offset(0.1));
        }
        assertThat(cost.peakMemoryBytes()).isBetween(10L << 20, 1L << 30);
        assertThat(cost.bytesRead()).isPositive();
        assertThat(cost.bytesWritten()).isPositive();
    }

    private static double cpuSecondsOfChildren() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        CpuMetrics.bind(registry);
        return registry.get("sluice.ffmpeg.cpu").functionCounter().count();
    }

    @Test
    void doesNotStartWhenAlreadyCancelled() {
        CancellationToken cancellation = new CancellationToken();
        JobException reason = new JobException(ErrorCode.SHUTDOWN, "Stopping.");
        cancellation.cancel(reason);

        assertThatThrownBy(() -> ffmpeg().run(
                                ENDLESS, line -> {}, Watchdog.withStallTimeout(Duration.ofSeconds(30)), cancellation))
                .isSameAs(reason);
    }

    @Test
    void killsStalledProcess() {
        Watchdog stallTimeout = Watchdog.withStallTimeout(Duration.ofMillis(300));

        assertThatThrownBy(() -> ffmpeg().run(ENDLESS, line -> {}, stallTimeout, new CancellationToken()))
                .isInstanceOfSatisfying(
                        JobException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.FFMPEG_STALLED));

        assertThat(children()).isEmpty();
    }

    @Test
    void failsWithShutdownWhenInterrupted() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        ExecutorService worker = Executors.newSingleThreadExecutor();
        Future<FfmpegRunner.ExitResult> run = worker.submit(() -> ffmpeg().run(
                        ENDLESS,
                        line -> running.countDown(),
                        Watchdog.withStallTimeout(Duration.ofSeconds(30)),
                        new CancellationToken()));
        running.await();

        worker.shutdownNow();

        assertThatThrownBy(run::get)
                .cause()
                .isInstanceOfSatisfying(
                        JobException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SHUTDOWN));
        assertThat(children()).isEmpty();
    }

    @Test
    void retainsErrorOutput() {
        FfmpegRunner.ExitResult result = ffmpeg().run(
                        List.of("-nostdin", "-loglevel", "level+warning", "-i", "file:missing.mp4"),
                        line -> {},
                        Watchdog.withDeadline(Duration.ofSeconds(30)),
                        new CancellationToken());

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.stderr().errorCount()).isPositive();
        assertThat(result.stderr().contains("No such file")).isTrue();
    }

    @Test
    void distinguishesSignalFromExit() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        ExecutorService worker = Executors.newSingleThreadExecutor();
        Future<FfmpegRunner.ExitResult> run = worker.submit(() -> ffmpeg().run(
                        ENDLESS,
                        line -> running.countDown(),
                        Watchdog.withStallTimeout(Duration.ofSeconds(30)),
                        new CancellationToken()));
        running.await();

        children().stream().filter(FfmpegRunnerIT::isFfmpeg).forEach(ProcessHandle::destroyForcibly);

        assertThat(run.get().exitCode()).isEqualTo(137);
        assertThat(ProcessErrorMapper.wasKilled(run.get())).isTrue();
        worker.shutdown();
    }

    @Test
    void endsProcessWhenParentIsKilled() throws Exception {
        assertThat(FfmpegFixture.ffmpeg(sandbox).isSandboxed()).isEqualTo(sandbox == SandboxMode.REQUIRED);
        Path pid = directory.resolve("pid");
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Orphaned.class.getName(),
                        sandbox.name(),
                        directory.toString(),
                        pid.toString())
                .inheritIO()
                .start();
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(pid));
        ProcessHandle encoder =
                ProcessHandle.of(Long.parseLong(Files.readString(pid))).orElseThrow();

        List<ProcessHandle> family = parent.descendants().toList();
        assertThat(family).contains(encoder);

        parent.destroyForcibly().waitFor();

        for (ProcessHandle each : family) {
            each.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void killsProcessThatKilledItsGuard() throws Exception {
        CancellationToken cancellation = new CancellationToken();
        JobException reason = new JobException(ErrorCode.LEASE_LOST, "Another worker has it.");
        String killGuard = """
                until [ -n "$killed" ]; do
                    for stat in /proc/[0-9]*/stat; do
                        read -r pid name state parent rest < "$stat" || continue
                        [ "$parent" = $PPID ] && [ "$pid" != $$ ] && kill -9 "$pid" && killed=1
                    done
                done 2>/dev/null
                echo free
                exec sleep 1000
                """;
        FfmpegRunner malicious = new FfmpegRunner(new FfmpegLaunchSpec(
                Path.of("/bin/sh"),
                FileAccess.writeDirectory(directory),
                new ProcessLimits(1L << 30, 1 << 20),
                FfmpegFixture.ffmpeg(sandbox).sandbox()));

        assertThatThrownBy(() -> malicious.run(
                        List.of("-c", killGuard),
                        line -> cancellation.cancel(reason),
                        Watchdog.withDeadline(Duration.ofSeconds(50)),
                        cancellation))
                .isSameAs(reason);

        assertThat(children()).isEmpty();
    }

    @Test
    void leavesNoProcessesThreadsOrDescriptorsBehind() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(8);
        ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        List<Callable<FfmpegRunner.ExitResult>> runs = new ArrayList<>();
        IntStream.range(0, 40)
                .forEach(i -> runs.add(() -> ffmpeg().run(
                                List.of("-hide_banner", "-version"),
                                lines::add,
                                Watchdog.withDeadline(Duration.ofSeconds(30)),
                                new CancellationToken())));
        ffmpeg().run(
                        List.of("-version"),
                        line -> {},
                        Watchdog.withDeadline(Duration.ofSeconds(30)),
                        new CancellationToken());
        long descriptors = openDescriptors();

        List<Future<FfmpegRunner.ExitResult>> results = workers.invokeAll(runs);

        for (Future<FfmpegRunner.ExitResult> run : results) {
            assertThat(run.get().exitCode()).isZero();
        }
        assertThat(lines).filteredOn(line -> line.startsWith("ffmpeg version")).hasSize(40);
        assertThat(children()).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("ffmpeg-"))
                .isEmpty();
        assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors + 2);
        workers.shutdown();
    }

    private FfmpegRunner ffmpeg() {
        return FfmpegFixture.ffmpeg(sandbox).encodeRunner(FileAccess.writeDirectory(directory), 1 << 20);
    }

    /** Without the services that earlier test classes of this JVM share. */
    private static List<ProcessHandle> children() {
        return ProcessHandle.current()
                .children()
                .filter(child -> !SERVICES.contains(child))
                .flatMap(child -> Stream.concat(Stream.of(child), child.descendants()))
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    static boolean isFfmpeg(ProcessHandle process) {
        return process.info()
                .command()
                .filter(command -> command.endsWith("/ffmpeg"))
                .isPresent();
    }

    private static long openDescriptors() throws Exception {
        Path table = Path.of("/proc/self/fd");
        if (!Files.isDirectory(table)) {
            return 0;
        }
        try (var entries = Files.list(table)) {
            return entries.count();
        }
    }

    /** A JVM that starts an endless FFmpeg, writes its process id to a file, and waits to be killed. */
    static final class Orphaned {
        private Orphaned() {}

        public static void main(String[] args) {
            FfmpegFixture.ffmpeg(SandboxMode.valueOf(args[0]))
                    .encodeRunner(FileAccess.writeDirectory(Path.of(args[1])), 1 << 20)
                    .run(
                            ENDLESS,
                            line -> write(Path.of(args[2])),
                            Watchdog.withStallTimeout(Duration.ofMinutes(1)),
                            new CancellationToken());
        }

        private static void write(Path file) {
            try {
                long encoder = children().stream()
                        .filter(FfmpegRunnerIT::isFfmpeg)
                        .findFirst()
                        .orElseThrow()
                        .pid();
                Path partial = file.resolveSibling("pid.part");
                Files.writeString(partial, Long.toString(encoder));
                Files.move(partial, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
