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
 * Detects writes to the files of a directory, by size and modification time. Size alone is not sufficient: at its end an encode
 * moves the contents of a file in place ({@code +faststart}).
 */
public record OutputActivity(Path directory) {
    /** State of the files at one time; not equal to another one if a file was written in between. */
    record Snapshot(long bytes, Instant newest) {
        private static final Snapshot EMPTY = new Snapshot(0, Instant.MIN);

        private Snapshot and(Snapshot other) {
            return new Snapshot(bytes + other.bytes, newest.isAfter(other.newest) ? newest : other.newest);
        }
    }

    /** The current state; empty if it cannot be read. */
    Optional<Snapshot> snapshot() {
        try (Stream<Path> files = Files.list(directory)) {
            return Optional.of(files.map(OutputActivity::snapshot).reduce(Snapshot.EMPTY, Snapshot::and));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Snapshot snapshot(Path file) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Snapshot(attributes.size(), attributes.lastModifiedTime().toInstant());
        } catch (IOException deleted) {
            return Snapshot.EMPTY;
        }
    }
}
