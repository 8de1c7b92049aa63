package dev.sluice.ffmpeg.preview;

import dev.sluice.media.preview.FrameStatistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Parses the output of the filter {@code metadata=print}: a line {@code frame:…} for each frame, and lines {@code key=value}. */
final class StatisticsParser {
    private final List<Map<String, Double>> frames = new ArrayList<>();

    void accept(String line) {
        if (line.startsWith("frame:")) {
            frames.add(new HashMap<>());
            return;
        }
        int equals = line.indexOf('=');
        if (equals > 0 && !frames.isEmpty()) {
            frames.get(frames.size() - 1).put(line.substring(0, equals), number(line.substring(equals + 1)));
        }
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException notANumber) {
            // A frame without edges has the blur -nan.
            return Double.NaN;
        }
    }

    List<FrameStatistics> frames() {
        return frames.stream()
                .map(values -> new FrameStatistics(
                        value(values, "signalstats.YHIGH") - value(values, "signalstats.YLOW"),
                        value(values, "entropy.normalized_entropy.normal.Y"),
                        value(values, "blur")))
                .toList();
    }

    private static double value(Map<String, Double> values, String key) {
        return values.getOrDefault("lavfi." + key, Double.NaN);
    }
}
