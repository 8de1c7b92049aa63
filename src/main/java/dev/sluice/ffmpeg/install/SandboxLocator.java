package dev.sluice.ffmpeg.install;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.ffmpeg.sandbox.Sandbox;
import dev.sluice.ffmpeg.sandbox.SystemCallFilter;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds a bubblewrap in which FFmpeg can be started, and logs the result. */
public final class SandboxLocator {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxLocator.class);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Path USR = Path.of("/usr");

    /** Links into /usr on most current systems, directories on others. */
    private static final List<String> SYSTEM_DIRECTORIES = List.of("/bin", "/sbin", "/lib", "/lib32", "/lib64");

    /** Files of /etc that the loader needs to find libraries. */
    private static final List<String> LOADER_FILES = List.of("/etc/ld.so.cache", "/etc/alternatives");

    /** FFmpeg starts threads for each rendition and core; x264 alone starts 1.5 for each core. */
    private static final int MAX_PROCESSES = 512 + 64 * Runtime.getRuntime().availableProcessors();

    /** Fewer than the threads of this JVM. */
    private static final int PROBED_LIMIT = 12;

    /** Starts one process, and then more than {@link #PROBED_LIMIT}. */
    private static final String START_PROCESSES = """
            sleep 0 & wait $! && echo one
            for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sleep 9 & done
            echo many
            """;

    private static final String ADVICE = "Install bubblewrap 0.5 or newer (Debian and Ubuntu: apt-get install"
            + " bubblewrap) and allow this user to create user namespaces";

    private final SandboxMode mode;
    private final Path cache;
    private final List<Path> searchPath;
    private final ProcessLimits limits;

    SandboxLocator(SandboxMode mode, Path cache, List<Path> searchPath, ProcessLimits limits) {
        this.mode = mode;
        this.cache = cache;
        this.searchPath = searchPath;
        this.limits = limits;
    }

    /**
     * Finds a sandbox in which both programs start; empty if unavailable or disabled. Blocks.
     *
     * @throws FfmpegUnavailableException if it is required and unavailable
     */
    Optional<Sandbox> find(Path ffmpeg, Path ffprobe) {
        if (mode == SandboxMode.OFF) {
            LOG.info("sandbox disabled by ffmpeg.sandbox");
            return Optional.empty();
        }
        try {
            Sandbox sandbox = probe(ffmpeg, ffprobe);
            LOG.atInfo()
                    .addKeyValue("bwrap", sandbox.bwrap())
                    .addKeyValue("systemCallFilter", sandbox.filter().isPresent())
                    .addKeyValue("processLimit", sandbox.maxProcesses().isPresent())
                    .log("sandbox enabled");
            return Optional.of(sandbox);
        } catch (SandboxUnavailableException unavailable) {
            if (mode == SandboxMode.REQUIRED) {
                throw new FfmpegUnavailableException("The sandbox required by ffmpeg.sandbox is not available: "
                        + unavailable.getMessage() + ". " + ADVICE + ", or set ffmpeg.sandbox to 'auto' or 'off'.");
            }
            LOG.atWarn()
                    .addKeyValue("reason", unavailable.getMessage())
                    .addKeyValue("advice", ADVICE + ", or set ffmpeg.sandbox to 'off'.")
                    .log("sandbox not available");
            return Optional.empty();
        }
    }

    private Sandbox probe(Path ffmpeg, Path ffprobe) throws SandboxUnavailableException {
        Path bwrap = searchPath.stream()
                .map(directory -> directory.resolve("bwrap"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new SandboxUnavailableException("no bwrap on the PATH"));
        try {
            Sandbox sandbox = new Sandbox(bwrap, system(), programs(ffmpeg, ffprobe), writeFilter(), Optional.empty());
            if (sandbox.filter().isPresent() && !starts(sandbox, ffmpeg)) {
                sandbox = sandbox.withoutFilter();
            }
            start(sandbox, ffmpeg);
            start(sandbox, ffprobe);
            return countsProcesses(sandbox) ? sandbox.withMaxProcesses(MAX_PROCESSES) : sandbox;
        } catch (IOException e) {
            throw new SandboxUnavailableException("the FFmpeg programs cannot be read (" + e + ")");
        }
    }

    /** Writes the filter under a name of its content, because other processes may use the file. */
    private Optional<Path> writeFilter() throws IOException {
        Optional<byte[]> program = SystemCallFilter.forArchitecture(System.getProperty("os.arch"));
        if (program.isEmpty()) {
            return Optional.empty();
        }
        PrivateFiles.createDirectories(cache);
        byte[] content = program.get();
        Path file = cache.toAbsolutePath().resolve(String.format("system-calls-%08x.bpf", Arrays.hashCode(content)));
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
            Path draft = Files.createTempFile(cache, "system-calls-", ".part");
            Files.write(draft, content);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Optional.of(file);
    }

    private boolean starts(Sandbox sandbox, Path program) {
        try {
            start(sandbox, program);
            return true;
        } catch (SandboxUnavailableException unavailable) {
            LOG.atDebug().addKeyValue("reason", unavailable.getMessage()).log("no start with a system call filter");
            return false;
        }
    }

    /**
     * Whether a limit applies to the processes of a sandbox. Before Linux 5.14 the kernel counted all processes of the user, and
     * it never limits those of root.
     */
    private boolean countsProcesses(Sandbox sandbox) {
        List<String> reached = Collections.synchronizedList(new ArrayList<>());
        try {
            var unused = run(
                    sandbox.withMaxProcesses(PROBED_LIMIT),
                    Path.of("/bin/sh"),
                    List.of("-c", START_PROCESSES),
                    reached::add);
        } catch (SandboxUnavailableException unavailable) {
            LOG.atDebug().addKeyValue("reason", unavailable.getMessage()).log("limit of processes not probed");
        }
        return reached.equals(List.of("one"));
    }

    private void start(Sandbox sandbox, Path program) throws SandboxUnavailableException {
        FfmpegRunner.ExitResult result = run(sandbox, program, List.of("-version"), line -> {});
        if (result.exitCode() != 0) {
            throw new SandboxUnavailableException(program + " cannot be started in it (" + result.lastLine() + ")");
        }
    }

    private FfmpegRunner.ExitResult run(Sandbox sandbox, Path program, List<String> arguments, Consumer<String> output)
            throws SandboxUnavailableException {
        try {
            return new FfmpegRunner(
                            new FfmpegLaunchSpec(program, FileAccess.none(program), limits, Optional.of(sandbox)))
                    .run(arguments, output, Watchdog.withDeadline(START_TIMEOUT), new CancellationToken());
        } catch (JobException e) {
            String reason = e.getCause() == null
                    ? e.message()
                    : String.valueOf(e.getCause().getMessage());
            throw new SandboxUnavailableException(program + " cannot be started in it (" + reason + ")");
        }
    }

    /** Arguments of bubblewrap that mount the system's programs and libraries, read-only. */
    public static List<String> system() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--ro-bind", "/usr", "/usr"));
        for (String directory : SYSTEM_DIRECTORIES) {
            Path path = Path.of(directory);
            if (Files.isSymbolicLink(path)) {
                arguments.addAll(
                        List.of("--symlink", Files.readSymbolicLink(path).toString(), directory));
            } else if (Files.isDirectory(path)) {
                arguments.addAll(List.of("--ro-bind", directory, directory));
            }
        }
        LOADER_FILES.forEach(file -> arguments.addAll(List.of("--ro-bind-try", file, file)));
        return arguments;
    }

    private static List<Path> programs(Path ffmpeg, Path ffprobe) throws IOException {
        Set<Path> parts = new LinkedHashSet<>();
        for (Path program : List.of(ffmpeg, ffprobe)) {
            parts.addAll(parts(program));
            parts.addAll(parts(program.toRealPath()));
        }
        return parts.stream().filter(part -> !part.startsWith(USR)).toList();
    }

    /** The program alone, unless its libraries are in the same directory, because that may be a home directory. */
    private static List<Path> parts(Path program) throws IOException {
        Path directory = Optional.ofNullable(program.getParent()).orElseThrow();
        if (containsLibraries(directory)) {
            return List.of(directory);
        }
        Path libraries = directory.resolveSibling("lib");
        boolean isPrefix = directory.endsWith("bin") && Files.isDirectory(libraries);
        return isPrefix ? List.of(program, libraries) : List.of(program);
    }

    private static boolean containsLibraries(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .anyMatch(name -> name.startsWith("libav") && (name.contains(".so") || name.endsWith(".dylib")));
        }
    }

    /** Reason why no sandbox is available. */
    private static final class SandboxUnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        SandboxUnavailableException(String reason) {
            super(reason);
        }
    }
}
