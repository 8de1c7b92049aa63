package dev.sluice.media.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentPlanTest {
    private static final Duration GRID = Duration.ofSeconds(2);
    private static final Duration BEGIN = Duration.ofMillis(21);

    @Test
    void plansEqualSegmentsOnGrid() {
        List<Segment> segments = plan(62, 25);

        assertThat(segments)
                .containsExactly(
                        new Segment(0, BEGIN, BEGIN.plusSeconds(22), false),
                        new Segment(1, BEGIN.plusSeconds(22), BEGIN.plusSeconds(44), false),
                        new Segment(2, BEGIN.plusSeconds(44), BEGIN.plusSeconds(62), true));
    }

    @Test
    void plansOneSegmentForShortVideo() {
        assertThat(plan(20, 25)).containsExactly(new Segment(0, BEGIN, BEGIN.plusSeconds(20), true));
        assertThat(plan(0, 25)).hasSize(1);
    }

    @Test
    void plansOneSegmentWhenShorterThanGrid() {
        assertThat(plan(5, 1))
                .extracting(Segment::end)
                .containsExactly(BEGIN.plusSeconds(2), BEGIN.plusSeconds(4), BEGIN.plusSeconds(5));
    }

    @Test
    void coversVideoWithoutGaps() {
        for (int seconds = 1; seconds < 300; seconds++) {
            List<Segment> segments = plan(seconds, 17);
            assertThat(segments.get(0).start()).isEqualTo(BEGIN);
            assertThat(segments.get(segments.size() - 1).end()).isEqualTo(BEGIN.plusSeconds(seconds));
            for (int i = 1; i < segments.size(); i++) {
                assertThat(segments.get(i).start())
                        .isEqualTo(segments.get(i - 1).end());
                assertThat(segments.get(i).start()).isLessThan(segments.get(i).end());
            }
            assertThat(segments).filteredOn(Segment::isLast).hasSize(1);
            assertThat(segments)
                    .allSatisfy(segment -> assertThat(segment.end().minus(segment.start()))
                            .isLessThanOrEqualTo(Duration.ofSeconds(17)));
        }
    }

    @Test
    void plansAtMostTheCount() {
        for (int seconds = 1; seconds < 3_000; seconds++) {
            assertThat(plan(seconds, 127, 1, 60).size()).isLessThanOrEqualTo(127);
        }
        assertThat(plan(7_200, 127, 10, 120)).hasSize(125);
    }

    @Test
    void boundsSegmentsBeforeTheirCount() {
        assertThat(plan(100, 127, 30, 60)).hasSize(4);
        assertThat(plan(7_200, 127, 10, 24)).hasSize(300);
        assertThat(plan(100, 127, 30, 20)).hasSize(5);
    }

    private static List<Segment> plan(int seconds, int count, int shortest, int longest) {
        return SegmentPlan.of(
                        BEGIN,
                        BEGIN.plusSeconds(seconds),
                        count,
                        Duration.ofSeconds(shortest),
                        Duration.ofSeconds(longest),
                        GRID)
                .segments();
    }

    private static List<Segment> plan(int seconds, int longest) {
        return SegmentPlan.of(BEGIN, BEGIN.plusSeconds(seconds), Duration.ofSeconds(longest), GRID)
                .segments();
    }
}
