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

/** Finds the first FFmpeg that can be started, in the order configured, bundled, PATH. */
final class FfmpegLocator {
    private static final Logger LOG = LoggerFactory.getLogger(FfmpegLocator.class);
    private static final Pattern VERSION = Pattern.compile("^(?:ffmpeg|ffprobe) version (\\S+)", Pattern.MULTILINE);
    static final Duration START_TIMEOUT = Duration.ofSeconds(30);

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
        FfmpegInstallation ffmpeg = found.orElseThrow(() -> new FfmpegUnavailableException(installHint()));
        LOG.atInfo()
                .addKeyValue("version", ffmpeg.version())
                .addKeyValue("origin", ffmpeg.origin())
                .addKeyValue("ffmpeg", ffmpeg.ffmpeg())
                .log("ffmpeg found");
        return ffmpeg.withScheduling(new BatchSchedulingLocator(searchPath, limits).find())
                .withSandbox(new SandboxLocator(config.sandbox(), config.cacheDirectory(), searchPath, limits)
                        .find(ffmpeg.ffmpeg(), ffmpeg.ffprobe()));
    }

    private Optional<FfmpegInstallation> configured() {
        Optional<Path> ffmpeg = config.ffmpeg().or(() -> config.ffprobe().map(path -> path.resolveSibling("ffmpeg")));
        Optional<Path> ffprobe = config.ffprobe().or(() -> config.ffmpeg().map(path -> path.resolveSibling("ffprobe")));
        return ffmpeg.flatMap(encoder -> ffprobe.flatMap(prober -> started(encoder, prober, Origin.CONFIGURED)));
    }

    private Optional<FfmpegInstallation> bundled() {
        if (platform.bundle().isEmpty()) {
            errors.add("no bundled FFmpeg for " + platform.name());
            return Optional.empty();
        }
        BundledFfmpeg bundle = new BundledFfmpeg(platform.bundle().get(), config.cacheDirectory());
        try {
            Optional<Path> unpacked = bundle.unpack();
            if (unpacked.isEmpty()) {
                errors.add("this build has no FFmpeg for " + platform.name());
            }
            return unpacked.flatMap(
                    directory -> started(directory.resolve("ffmpeg"), directory.resolve("ffprobe"), Origin.BUNDLED));
        } catch (IOException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("cacheDirectory", config.cacheDirectory())
                    .log("unpacking the bundled FFmpeg failed");
            errors.add("the bundled FFmpeg cannot be unpacked into " + config.cacheDirectory() + " (" + e + ")");
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
        errors.add("no FFmpeg on the PATH");
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
        StringBuilder output = new StringBuilder();
        try {
            FfmpegRunner.ExitResult result = new FfmpegRunner(new FfmpegLaunchSpec(
                            program.toAbsolutePath(), FileAccess.none(program), limits, Optional.empty()))
                    .run(
                            List.of("-hide_banner", "-version"),
                            line -> output.append(line).append('\n'),
                            Watchdog.withDeadline(START_TIMEOUT),
                            new CancellationToken());
            Matcher version = VERSION.matcher(output);
            if (result.exitCode() == 0 && version.find()) {
                return Optional.of(version.group(1));
            }
            errors.add(program + " cannot be started (" + result.lastLine() + ")");
        } catch (JobException e) {
            errors.add(program + " cannot be started (" + e.message() + ")");
        }
        return Optional.empty();
    }

    private String installHint() {
        return "No usable FFmpeg found: " + String.join("; ", errors)
                + ". Install FFmpeg with ffprobe (Debian and Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg)"
                + " and add it to the PATH, or set both programs in the section 'ffmpeg' of the configuration."
                + " The bundled FFmpeg requires Linux with glibc 2.35 or newer and libstdc++, or macOS.";
    }
}
