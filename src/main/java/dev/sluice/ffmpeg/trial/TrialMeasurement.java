package dev.sluice.ffmpeg.trial;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Size and quality of an excerpt with both efforts.
 *
 * @param presetRate bitrate with the effort of the preset, kbit/s
 * @param reducedRate bitrate with reduced effort, kbit/s
 * @param psnrChange PSNR (luma) with reduced effort, less that with the effort of the preset, dB
 */
record TrialMeasurement(double presetRate, double reducedRate, double psnrChange) {
    /** The last line that x264 prints for each encode. */
    private static final Pattern SUMMARY = Pattern.compile("PSNR Mean Y: *(\\d+\\.\\d+) U:.* kb/s: *(\\d+\\.\\d+)$");

    /** Reads the error output of {@link dev.sluice.ffmpeg.encode.EncodeCommand#trial}; empty if a value is missing. */
    static Optional<TrialMeasurement> parse(List<String> lines) {
        List<Matcher> found = lines.stream()
                .flatMap(line -> Stream.of(SUMMARY.matcher(line)).filter(Matcher::find))
                .toList();
        if (found.size() != 2) {
            return Optional.empty();
        }
        TrialMeasurement measured = new TrialMeasurement(
                value(found.get(0), 2), value(found.get(1), 2), value(found.get(1), 1) - value(found.get(0), 1));
        return Optional.of(measured).filter(both -> both.presetRate > 0);
    }

    private static double value(Matcher summary, int group) {
        return Double.parseDouble(summary.group(group));
    }
}
