package dev.sluice.backend.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.JobId;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UpdateFeedTest {
    private final UpdateFeed feed = new UpdateFeed();

    private void add(int count, int bytes) {
        for (int i = 0; i < count; i++) {
            feed.add(new JobId("job"), Optional.of("ann"), Buffer.buffer(new byte[bytes]));
        }
    }

    private List<Long> after(UpdateFeed.Position place, int max) {
        return feed.after(place, max).stream().map(FeedEntry::number).toList();
    }

    @Test
    void readsOnFromAPlacePieceByPiece() {
        add(2, 10);
        UpdateFeed.Position place = feed.latestPosition();
        add(5, 10);

        assertThat(after(place, 3)).containsExactly(3L, 4L, 5L);
        assertThat(after(place, 100)).containsExactly(3L, 4L, 5L, 6L, 7L);
        assertThat(after(feed.latestPosition(), 100)).isEmpty();
        assertThat(feed.parsePosition(place.text())).contains(place);
    }

    @Test
    void knowsNoPlaceThatItHasMovedOnFrom() {
        UpdateFeed.Position beginning = feed.latestPosition();
        add(UpdateFeed.MAX_ENTRIES, 1);
        assertThat(feed.contains(beginning)).isTrue();
        assertThat(after(beginning, UpdateFeed.MAX_ENTRIES)).hasSize(UpdateFeed.MAX_ENTRIES);

        add(1, 1);

        assertThat(feed.contains(beginning)).isFalse();
        assertThat(after(new UpdateFeed.Position(beginning.epoch(), 1), UpdateFeed.MAX_ENTRIES))
                .hasSize(UpdateFeed.MAX_ENTRIES);
    }

    @Test
    void keepsNoMoreBytesThanItMay() {
        UpdateFeed.Position beginning = feed.latestPosition();

        add(17, 1 << 20);

        assertThat(feed.contains(beginning)).isFalse();
        assertThat(after(new UpdateFeed.Position(beginning.epoch(), 1), 100)).hasSize(16);
    }

    @Test
    void knowsNoPlaceFromBeforeItMissedSome() {
        add(3, 10);
        UpdateFeed.Position before = feed.latestPosition();

        feed.invalidate();

        assertThat(feed.contains(before)).isFalse();
        assertThat(feed.parsePosition(before.text())).isEmpty();
        add(1, 10);
        assertThat(feed.contains(feed.latestPosition())).isTrue();
    }

    @Test
    void readsNoPlaceThatIsNone() {
        add(1, 10);
        String mark = feed.latestPosition().epoch();

        for (String text : List.of("", "7", "another-1", mark + "-", mark + "-x", mark + "-2", mark + "--5")) {
            assertThat(feed.parsePosition(text)).as(text).isEmpty();
        }
    }
}
