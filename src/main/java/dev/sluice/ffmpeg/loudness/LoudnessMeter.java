package dev.sluice.ffmpeg.loudness;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.JobException;
import dev.sluice.job.Loudness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures loudness with FFmpeg's {@code ebur128}. A measurement that fails has no result and does not fail the job. All methods
 * that run FFmpeg block.
 *
 * @param stallTimeout time without progress after which a measurement is stopped
 */
public record LoudnessMeter(FfmpegInstallation ffmpeg, Duration stallTimeout) {
    /** Measures the stereo mix that is published; the last filter of such a run. */
    public static final String FILTER = "aformat=channel_layouts=stereo,ebur128=framelog=quiet:peak=true";
    /** Discards the frames of such a run. */
    public static final List<String> NO_OUTPUT = List.of("-f", "null", "-");

    /** The absolute gate of ITU-R BS.1770: nothing is louder in silence. */
    private static final double GATE = -70;

    /** The first line of the summary; the next lines of the log are its values. */
    private static final String SUMMARY = "Summary:";

    private static final Pattern VALUE = Pattern.compile("(I|LRA|Peak): +(-?\\d+(?:\\.\\d+)?) (?:LUFS|LU|dBFS)");

    /**
     * Measures the audio of an output of an encode.
     *
     * @throws JobException the reason of the cancellation, if cancelled
     */
    public Optional<Loudness> measureOutput(Path file, CancellationToken cancellation) {
        List<String> command = new ArrayList<>(FfmpegRunner.MEASUREMENT_OPTIONS);
        command.addAll(List.of("-threads", "1"));
        command.addAll(InputArguments.ownInput("mov", String.valueOf(file.getFileName())));
        command.addAll(List.of("-map", "0:a", "-af", FILTER));
        command.addAll(NO_OUTPUT);
        return measure(
                command,
                FileAccess.readDirectory(
                        Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow()),
                cancellation);
    }

    /**
     * Runs a command that ends with {@link #FILTER} and {@link #NO_OUTPUT}. The result is empty if the audio is silent or shorter
     * than 0.4 s, or if the run failed.
     *
     * @throws JobException the reason of the cancellation, if cancelled
     */
    public Optional<Loudness> measure(List<String> arguments, FileAccess fileAccess, CancellationToken cancellation) {
        return ffmpeg.readRunner(fileAccess)
                .measure(arguments, stallTimeout, "loudness not measured", cancellation)
                .flatMap(log -> parse(log.lines()));
    }

    /** Reads the summary of {@code ebur128}; empty for silence. */
    static Optional<Loudness> parse(List<String> lines) {
        OptionalDouble integrated = OptionalDouble.empty();
        OptionalDouble range = OptionalDouble.empty();
        OptionalDouble peak = OptionalDouble.empty();
        boolean inSummary = false;
        for (String line : lines) {
            inSummary |= line.endsWith(SUMMARY);
            Matcher value = VALUE.matcher(line);
            if (inSummary && value.matches()) {
                OptionalDouble number = OptionalDouble.of(Double.parseDouble(value.group(2)));
                switch (value.group(1)) {
                    case "I" -> integrated = number;
                    case "LRA" -> range = number;
                    default -> peak = number;
                }
            }
        }
        return integrated.isPresent() && integrated.getAsDouble() > GATE
                ? Optional.of(new Loudness(integrated.getAsDouble(), range.orElse(0), peak))
                : Optional.empty();
    }
}
