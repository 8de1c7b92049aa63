package dev.sluice.ffmpeg.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the files in a directory show of somebody who writes them. The times and not the sizes alone: at its end an encode moves
 * what is in a file, in place ({@code +faststart}).
 */
public record OutputActivity(Path directory) {
    /** What was seen at one moment; it is another one when something was written since. */
    record Snapshot(long bytes, Instant newest) {
        private static final Snapshot NOTHING = new Snapshot(0, Instant.MIN);

        private Snapshot and(Snapshot other) {
            return new Snapshot(bytes + other.bytes, newest.isAfter(other.newest) ? newest : other.newest);
        }
    }

    /** Looks; empty if that is not possible at the moment. */
    Optional<Snapshot> snapshot() {
        try (Stream<Path> files = Files.list(directory)) {
            return Optional.of(files.map(OutputActivity::snapshot).reduce(Snapshot.NOTHING, Snapshot::and));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Snapshot snapshot(Path file) {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Snapshot(found.size(), found.lastModifiedTime().toInstant());
        } catch (IOException gone) {
            return Snapshot.NOTHING;
        }
    }
}
