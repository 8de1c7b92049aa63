package dev.sluice.media.rendition;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.Dimensions;
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
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the thumbnails that an encode left in its directory; their names tell their times. */
public final class ThumbnailFiles {
    /** A thumbnail is named after its timestamp in milliseconds: {@code thumbnail-15000.jpg}. */
    public static final String PREFIX = "thumbnail-";

    private static final Pattern NAME = Pattern.compile(PREFIX + "(-?\\d{1,18})\\.jpg");

    private ThumbnailFiles() {}

    private record Found(long millis, Path file) {}

    /** They, in the order of time. */
    public static List<ThumbnailFile> list(Path directory, Dimensions size) {
        List<ThumbnailFile> thumbnails = new ArrayList<>();
        try {
            for (Found each : found(directory)) {
                thumbnails.add(new ThumbnailFile(
                        thumbnails.size(),
                        Duration.ofMillis(Math.max(0, each.millis())),
                        each.file(),
                        size.width(),
                        size.height(),
                        Files.size(each.file())));
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        return thumbnails;
    }

    /** The files alone. */
    public static List<Path> listFiles(Path directory) {
        try {
            return found(directory).stream().map(Found::file).toList();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static List<Found> found(Path directory) throws IOException {
        List<Found> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> millis(String.valueOf(file.getFileName())).ifPresent(millis -> {
                // A link or a pipe was not put there by an encode that is still itself.
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(new Found(millis, file));
                }
            }));
        }
        found.sort(Comparator.comparingLong(Found::millis));
        return found;
    }

    private static JobException unreadable(IOException cause) {
        return new JobException(ErrorCode.OUTPUT_INVALID, "The thumbnails can't be read back.", cause);
    }

    private static OptionalLong millis(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    /** Whether a file of this name is one. */
    public static boolean isThumbnail(String name) {
        return millis(name).isPresent();
    }

    /**
     * Those that an encode of the whole film makes, of those that its segments made: the first of each interval. A segment cannot
     * know whether the one before it had a frame of the same interval.
     *
     * @param names of files, in any order; what is no thumbnail is left out
     * @param begin when the film's picture begins
     */
    public static List<String> firstPerInterval(Collection<String> names, Duration begin, Duration interval) {
        Map<Long, String> first = new TreeMap<>();
        names.forEach(name -> millis(name)
                .ifPresent(millis -> first.merge(
                        Math.floorDiv(millis - begin.toMillis(), interval.toMillis()), name, ThumbnailFiles::earlier)));
        return List.copyOf(first.values());
    }

    private static String earlier(String one, String other) {
        return millis(one).orElseThrow() <= millis(other).orElseThrow() ? one : other;
    }
}
