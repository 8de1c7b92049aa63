package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A process that a test starts, and that never outlives the JVM. */
public final class ChildProcess {
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 32_000;
    private static final Path RESERVED =
            Path.of(System.getProperty("java.io.tmpdir"), "sluice-test-ports-" + System.getProperty("user.name"));
    private static final Set<Integer> TRIED = ConcurrentHashMap.newKeySet();
    private static final Queue<FileChannel> RESERVATIONS = new ConcurrentLinkedQueue<>();
    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    private final Process process;
    private final Path output;
    private final Thread hook;

    private ChildProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
        this.hook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    public static ChildProcess start(List<String> command, Map<String, String> environment, Path output) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(builder.start(), output);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /**
     * A free port of 127.0.0.1, reserved against the other tests of this machine until this JVM ends, even while its server is
     * down. It is below the ports of outgoing connections, one of which could otherwise occupy it during a restart.
     */
    public static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            if (isFree(port) && reserve(port)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    /**
     * Tests run in several JVMs at once; a lock on a file holds for all of them, and goes with the JVM that has it. Of a file
     * that is locked here another channel must not even be closed: that would end the lock.
     */
    private static boolean reserve(int port) {
        if (!TRIED.add(port)) {
            return false;
        }
        try {
            FileChannel file = FileChannel.open(
                    Files.createDirectories(RESERVED).resolve(Integer.toString(port)),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            if (file.tryLock() == null) {
                file.close();
                return false;
            }
            RESERVATIONS.add(file);
            return true;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** Waits until {@code ready} says so; fails with the process's output if it ends before. */
    public void awaitReady(Callable<Boolean> ready) {
        Awaitility.await()
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .failFast(() -> assertThat(process.isAlive())
                        .as("alive; its output: %s", Files.readString(output))
                        .isTrue())
                .until(ready);
    }

    /** The file of its output and errors. */
    public Path output() {
        return output;
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Waits for its end; gives whether it came in time. */
    public boolean awaitExit(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Sends it a signal by name: {@code STOP}, {@code CONT}. */
    public void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException cause) {
            throw new IllegalStateException(cause);
        }
    }

    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Asks it to end, and kills it if it does not. */
    public void stop() {
        process.destroy();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        } catch (IllegalStateException shuttingDown) {
            process.destroyForcibly();
        }
    }
}
