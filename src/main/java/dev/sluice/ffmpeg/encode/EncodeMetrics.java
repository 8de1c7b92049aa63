package dev.sluice.ffmpeg.encode;

import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.rendition.Rendition;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.List;

/** Meters of the encodes of this process. Threads: any. */
public final class EncodeMetrics {
    private static final double[] SPEEDS = {0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64};

    private final MeterRegistry registry;
    private final DistributionSummary speed;

    public EncodeMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.speed = DistributionSummary.builder("sluice.ffmpeg.speed")
                .description(
                        "Encoded time by elapsed time of each encode of a video or segment; 1: as fast as playback.")
                .baseUnit("ratio")
                .serviceLevelObjectives(SPEEDS)
                .register(registry);
    }

    /** Meters that count nothing. */
    public static EncodeMetrics none() {
        return new EncodeMetrics(new CompositeMeterRegistry());
    }

    /**
     * Records an encode.
     *
     * @param frames of each rendition
     * @param length encoded time
     */
    public void encoded(List<Rendition> renditions, long frames, Duration length, Duration elapsed) {
        for (Rendition rendition : renditions) {
            Counter.builder("sluice.frames.encoded")
                    .description("Encoded frames by rendition.")
                    .tag("rendition", rendition.quality())
                    .register(registry)
                    .increment((double) frames);
        }
        if (!length.isZero() && !elapsed.isZero()) {
            speed.record(DecimalSeconds.toSeconds(length) / DecimalSeconds.toSeconds(elapsed));
        }
    }
}
