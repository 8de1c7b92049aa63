package dev.sluice.ffmpeg.install;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation.Origin;
import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for FFmpeg in the order configured, bundled, PATH, and takes the first that runs. */
final class FfmpegLocator {
    private static final Logger LOG = LoggerFactory.getLogger(FfmpegLocator.class);
    private static final Pattern VERSION = Pattern.compile("^(?:ffmpeg|ffprobe) version (\\S+)", Pattern.MULTILINE);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    private final FfmpegConfig config;
    private final Platform platform;
    private final List<Path> searchPath;
    private final ProcessLimits limits;
    private final List<String> errors = new ArrayList<>();

    FfmpegLocator(FfmpegConfig config, Platform platform, List<Path> searchPath) {
        this.config = config;
        this.platform = platform;
        this.searchPath = searchPath;
        this.limits = ProcessLimits.forReader(config.maxMemoryBytes());
    }

    FfmpegInstallation locate() {
        Optional<FfmpegInstallation> found =
                config.ffmpeg().isPresent() || config.ffprobe().isPresent()
                        ? configured()
                        : bundled().or(this::onPath);
        FfmpegInstallation bare = found.orElseThrow(() -> new FfmpegUnavailableException(installHint()));
        LOG.atInfo()
                .addKeyValue("version", bare.version())
                .addKeyValue("origin", bare.origin())
                .addKeyValue("ffmpeg", bare.ffmpeg())
                .log("ffmpeg found");
        return bare.withScheduling(new BatchSchedulingLocator(searchPath, limits).find())
                .withSandbox(
                        new SandboxLocator(config.sandbox(), searchPath, limits).find(bare.ffmpeg(), bare.ffprobe()));
    }

    private Optional<FfmpegInstallation> configured() {
        Optional<Path> ffmpeg = config.ffmpeg().or(() -> config.ffprobe().map(path -> path.resolveSibling("ffmpeg")));
        Optional<Path> ffprobe = config.ffprobe().or(() -> config.ffmpeg().map(path -> path.resolveSibling("ffprobe")));
        return ffmpeg.flatMap(encoder -> ffprobe.flatMap(prober -> started(encoder, prober, Origin.CONFIGURED)));
    }

    private Optional<FfmpegInstallation> bundled() {
        if (platform.bundle().isEmpty()) {
            errors.add("there is no bundled FFmpeg for " + platform.name());
            return Optional.empty();
        }
        BundledFfmpeg bundle = new BundledFfmpeg(platform.bundle().get(), config.cacheDirectory());
        try {
            Optional<Path> unpacked = bundle.unpacked();
            if (unpacked.isEmpty()) {
                errors.add("this build holds no FFmpeg for " + platform.name());
            }
            return unpacked.flatMap(home -> started(home.resolve("ffmpeg"), home.resolve("ffprobe"), Origin.BUNDLED));
        } catch (IOException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("cache", config.cacheDirectory())
                    .log("bundled ffmpeg could not be unpacked");
            errors.add("the bundled one could not be unpacked into " + config.cacheDirectory() + " (" + e + ")");
            return Optional.empty();
        }
    }

    private Optional<FfmpegInstallation> onPath() {
        for (Path directory : searchPath) {
            Path ffmpeg = directory.resolve("ffmpeg");
            Path ffprobe = directory.resolve("ffprobe");
            if (Files.isExecutable(ffmpeg) && Files.isExecutable(ffprobe)) {
                Optional<FfmpegInstallation> found = started(ffmpeg, ffprobe, Origin.PATH);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        errors.add("there is none on the PATH");
        return Optional.empty();
    }

    private Optional<FfmpegInstallation> started(Path ffmpeg, Path ffprobe, Origin origin) {
        return version(ffmpeg)
                .flatMap(version -> version(ffprobe)
                        .map(same -> new FfmpegInstallation(
                                ffmpeg.toAbsolutePath(),
                                ffprobe.toAbsolutePath(),
                                version,
                                origin,
                                Optional.empty(),
                                Optional.empty(),
                                config.maxMemoryBytes())));
    }

    private Optional<String> version(Path program) {
        StringBuilder said = new StringBuilder();
        try {
            FfmpegRunner.ExitResult outcome = new FfmpegRunner(new FfmpegLaunchSpec(
                            program.toAbsolutePath(), FileAccess.none(program), limits, Optional.empty()))
                    .run(
                            List.of("-hide_banner", "-version"),
                            line -> said.append(line).append('\n'),
                            Watchdog.withDeadline(START_TIMEOUT),
                            new CancellationToken());
            Matcher version = VERSION.matcher(said);
            if (outcome.exitCode() == 0 && version.find()) {
                return Optional.of(version.group(1));
            }
            errors.add(program + " does not start (" + outcome.lastLine() + ")");
        } catch (JobException e) {
            errors.add(program + " does not start (" + e.message() + ")");
        }
        return Optional.empty();
    }

    private String installHint() {
        return "No FFmpeg that runs was found: " + String.join("; ", errors)
                + ". Install FFmpeg with ffprobe (Debian and Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg)"
                + " and put it on the PATH, or name both programs in the section 'ffmpeg' of the configuration."
                + " The bundled one needs Linux with glibc 2.35 or newer and libstdc++, or macOS.";
    }
}
