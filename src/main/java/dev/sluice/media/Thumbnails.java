package dev.sluice.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the thumbnails that an encode left in its directory; their names tell their times. */
final class Thumbnails {
    private static final Pattern NAME = Pattern.compile(EncodeCommand.THUMBNAIL_PREFIX + "(-?\\d+)\\.jpg");

    private Thumbnails() {}

    private record Found(long millis, Path file) {}

    static List<ThumbnailFile> in(Path directory, Size size) throws IOException {
        List<Found> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> {
                Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
                // A link or a pipe was not put there by an encode that is still itself.
                if (name.matches() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(new Found(Long.parseLong(name.group(1)), file));
                }
            });
        }
        found.sort(Comparator.comparingLong(Found::millis));
        List<ThumbnailFile> thumbnails = new ArrayList<>();
        for (Found each : found) {
            thumbnails.add(new ThumbnailFile(
                    thumbnails.size(),
                    Duration.ofMillis(Math.max(0, each.millis())),
                    each.file(),
                    size.width(),
                    size.height(),
                    Files.size(each.file())));
        }
        return thumbnails;
    }

    /**
     * Those that an encode of the whole film makes, of those that its segments made: the first of each interval. A segment cannot
     * know whether the one before it had a frame of the same interval.
     *
     * @param millis times, in any order
     * @param begin when the film's picture begins
     */
    static List<Long> wanted(Collection<Long> millis, Duration begin, Duration interval) {
        Map<Long, Long> first = new TreeMap<>();
        millis.forEach(
                time -> first.merge(Math.floorDiv(time - begin.toMillis(), interval.toMillis()), time, Math::min));
        return List.copyOf(first.values());
    }
}
