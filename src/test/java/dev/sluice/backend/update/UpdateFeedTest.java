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

    private List<Long> after(UpdateFeed.Position position, int max) {
        return feed.after(position, max).stream().map(FeedEntry::number).toList();
    }

    @Test
    void returnsEntriesAfterPosition() {
        add(2, 10);
        UpdateFeed.Position position = feed.latestPosition();
        add(5, 10);

        assertThat(after(position, 3)).containsExactly(3L, 4L, 5L);
        assertThat(after(position, 100)).containsExactly(3L, 4L, 5L, 6L, 7L);
        assertThat(after(feed.latestPosition(), 100)).isEmpty();
        assertThat(feed.parsePosition(position.text())).contains(position);
    }

    @Test
    void dropsOldestEntriesAboveEntryLimit() {
        UpdateFeed.Position start = feed.latestPosition();
        add(UpdateFeed.MAX_ENTRIES, 1);
        assertThat(feed.contains(start)).isTrue();
        assertThat(after(start, UpdateFeed.MAX_ENTRIES)).hasSize(UpdateFeed.MAX_ENTRIES);

        add(1, 1);

        assertThat(feed.contains(start)).isFalse();
        assertThat(after(new UpdateFeed.Position(start.epoch(), 1), UpdateFeed.MAX_ENTRIES))
                .hasSize(UpdateFeed.MAX_ENTRIES);
    }

    @Test
    void dropsOldestEntriesAboveSizeLimit() {
        UpdateFeed.Position start = feed.latestPosition();

        add(17, 1 << 20);

        assertThat(feed.contains(start)).isFalse();
        assertThat(after(new UpdateFeed.Position(start.epoch(), 1), 100)).hasSize(16);
    }

    @Test
    void doesNotContainPositionFromBeforeInvalidation() {
        add(3, 10);
        UpdateFeed.Position before = feed.latestPosition();

        feed.invalidate();

        assertThat(feed.contains(before)).isFalse();
        assertThat(feed.parsePosition(before.text())).isEmpty();
        add(1, 10);
        assertThat(feed.contains(feed.latestPosition())).isTrue();
    }

    @Test
    void rejectsInvalidOrUnknownPosition() {
        add(1, 10);
        String epoch = feed.latestPosition().epoch();

        for (String text : List.of("", "7", "another-1", epoch + "-", epoch + "-x", epoch + "-2", epoch + "--5")) {
            assertThat(feed.parsePosition(text)).as(text).isEmpty();
        }
    }
}
