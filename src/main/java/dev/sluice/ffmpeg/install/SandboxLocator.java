package dev.sluice.ffmpeg.install;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.ffmpeg.sandbox.Sandbox;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for a bubblewrap in which FFmpeg starts, and tells what came of it. */
public final class SandboxLocator {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxLocator.class);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Path USR = Path.of("/usr");

    /** Links into /usr on most systems today, directories of their own on others. */
    private static final List<String> SYSTEM_DIRECTORIES = List.of("/bin", "/sbin", "/lib", "/lib32", "/lib64");

    /** What the loader needs of /etc to find libraries. */
    private static final List<String> LOADER_FILES = List.of("/etc/ld.so.cache", "/etc/alternatives");

    private static final String ADVICE = "Install bubblewrap 0.5 or newer (Debian and Ubuntu: apt-get install"
            + " bubblewrap) where this user may make user namespaces";

    private final SandboxMode mode;
    private final List<Path> searchPath;
    private final ProcessLimits limits;

    SandboxLocator(SandboxMode mode, List<Path> searchPath, ProcessLimits limits) {
        this.mode = mode;
        this.searchPath = searchPath;
        this.limits = limits;
    }

    /**
     * A sandbox in which both programs start; empty where there is none, or where none is wanted. Blocks.
     *
     * @throws FfmpegUnavailableException when there has to be one and is none
     */
    Optional<Sandbox> find(Path ffmpeg, Path ffprobe) {
        if (mode == SandboxMode.OFF) {
            LOG.info("ffmpeg runs without a sandbox, as ffmpeg.sandbox says");
            return Optional.empty();
        }
        try {
            Sandbox sandbox = tried(ffmpeg, ffprobe);
            LOG.atInfo().addKeyValue("bwrap", sandbox.bwrap()).log("ffmpeg runs in a sandbox");
            return Optional.of(sandbox);
        } catch (NoSandbox none) {
            if (mode == SandboxMode.REQUIRED) {
                throw new FfmpegUnavailableException(
                        "FFmpeg can't run in a sandbox, and ffmpeg.sandbox says that it has to: " + none.getMessage()
                                + ". " + ADVICE + ", or set ffmpeg.sandbox to 'auto' or 'off'.");
            }
            LOG.atWarn()
                    .addKeyValue("reason", none.getMessage())
                    .addKeyValue("advice", ADVICE + ", or set ffmpeg.sandbox to 'off'.")
                    .log("ffmpeg runs without a sandbox");
            return Optional.empty();
        }
    }

    private Sandbox tried(Path ffmpeg, Path ffprobe) throws NoSandbox {
        Path bwrap = searchPath.stream()
                .map(directory -> directory.resolve("bwrap"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new NoSandbox("there is no bwrap on the PATH"));
        try {
            Sandbox sandbox = new Sandbox(bwrap, system(), programs(ffmpeg, ffprobe));
            start(sandbox, ffmpeg);
            start(sandbox, ffprobe);
            return sandbox;
        } catch (IOException e) {
            throw new NoSandbox("the programs can't be looked at (" + e + ")");
        }
    }

    private void start(Sandbox sandbox, Path program) throws NoSandbox {
        try {
            FfmpegRunner.ExitResult outcome = new FfmpegRunner(
                            new FfmpegLaunchSpec(program, FileAccess.none(program), limits, Optional.of(sandbox)))
                    .run(
                            List.of("-version"),
                            line -> {},
                            Watchdog.withDeadline(START_TIMEOUT),
                            new CancellationToken());
            if (outcome.exitCode() != 0) {
                throw new NoSandbox(program + " does not start in it (" + outcome.lastLine() + ")");
            }
        } catch (JobException e) {
            String reason = e.getCause() == null
                    ? e.message()
                    : String.valueOf(e.getCause().getMessage());
            throw new NoSandbox(program + " does not start in it (" + reason + ")");
        }
    }

    /** bubblewrap's arguments that show the system's programs and libraries, read only. */
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

    /** The program alone, unless its libraries lie beside it: its directory may be a home with all that is in there. */
    private static List<Path> parts(Path program) throws IOException {
        Path directory = Optional.ofNullable(program.getParent()).orElseThrow();
        if (holdsLibraries(directory)) {
            return List.of(directory);
        }
        Path libraries = directory.resolveSibling("lib");
        boolean prefix = directory.endsWith("bin") && Files.isDirectory(libraries);
        return prefix ? List.of(program, libraries) : List.of(program);
    }

    private static boolean holdsLibraries(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .anyMatch(name -> name.startsWith("libav") && (name.contains(".so") || name.endsWith(".dylib")));
        }
    }

    /** Why there is no sandbox. */
    private static final class NoSandbox extends Exception {
        private static final long serialVersionUID = 1L;

        NoSandbox(String reason) {
            super(reason);
        }
    }
}
