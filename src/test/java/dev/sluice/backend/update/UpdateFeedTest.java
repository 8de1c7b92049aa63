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

    private List<Long> after(UpdateFeed.Place place, int most) {
        return feed.after(place, most).stream().map(FeedEntry::number).toList();
    }

    @Test
    void readsOnFromAPlacePieceByPiece() {
        add(2, 10);
        UpdateFeed.Place place = feed.end();
        add(5, 10);

        assertThat(after(place, 3)).containsExactly(3L, 4L, 5L);
        assertThat(after(place, 100)).containsExactly(3L, 4L, 5L, 6L, 7L);
        assertThat(after(feed.end(), 100)).isEmpty();
        assertThat(feed.place(place.text())).contains(place);
    }

    @Test
    void knowsNoPlaceThatItHasMovedOnFrom() {
        UpdateFeed.Place beginning = feed.end();
        add(UpdateFeed.MOST, 1);
        assertThat(feed.isKnown(beginning)).isTrue();
        assertThat(after(beginning, UpdateFeed.MOST)).hasSize(UpdateFeed.MOST);

        add(1, 1);

        assertThat(feed.isKnown(beginning)).isFalse();
        assertThat(after(new UpdateFeed.Place(beginning.mark(), 1), UpdateFeed.MOST))
                .hasSize(UpdateFeed.MOST);
    }

    @Test
    void keepsNoMoreBytesThanItMay() {
        UpdateFeed.Place beginning = feed.end();

        add(17, 1 << 20);

        assertThat(feed.isKnown(beginning)).isFalse();
        assertThat(after(new UpdateFeed.Place(beginning.mark(), 1), 100)).hasSize(16);
    }

    @Test
    void knowsNoPlaceFromBeforeItMissedSome() {
        add(3, 10);
        UpdateFeed.Place before = feed.end();

        feed.missedSome();

        assertThat(feed.isKnown(before)).isFalse();
        assertThat(feed.place(before.text())).isEmpty();
        add(1, 10);
        assertThat(feed.isKnown(feed.end())).isTrue();
    }

    @Test
    void readsNoPlaceThatIsNone() {
        add(1, 10);
        String mark = feed.end().mark();

        for (String text : List.of("", "7", "another-1", mark + "-", mark + "-x", mark + "-2", mark + "--5")) {
            assertThat(feed.place(text)).as(text).isEmpty();
        }
    }
}
