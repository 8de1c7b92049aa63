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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lists the thumbnails in the directory of an encode; their names contain their timestamps. The encode writes up to two frames for
 * each interval: its first one, and the first one that is neither black nor blank.
 */
public final class ThumbnailFiles {
    /** The first frame of an interval is named after its timestamp in milliseconds: {@code thumbnail-15000.jpg}. */
    public static final String PREFIX = "thumbnail-";
    /** The first frame of an interval that is neither black nor blank: {@code content-15500.jpg}. */
    public static final String CONTENT_PREFIX = "content-";
    /** Seconds by which the timestamp of a file is too low that exists only because FFmpeg fails if an output is empty. */
    public static final long PLACEHOLDER_SHIFT = 1_000_000;

    private static final long MIN_MILLIS = -500 * PLACEHOLDER_SHIFT;

    private static final Pattern NAME = Pattern.compile("(" + PREFIX + "|" + CONTENT_PREFIX + ")(-?\\d{1,18})\\.jpg");

    private ThumbnailFiles() {}

    private record TimedName(boolean isContent, long millis, String name) {
        private static Optional<TimedName> of(String name) {
            Matcher matcher = NAME.matcher(name);
            return matcher.matches()
                    ? Optional.of(new TimedName(
                                    matcher.group(1).equals(CONTENT_PREFIX), Long.parseLong(matcher.group(2)), name))
                            .filter(timed -> timed.millis > MIN_MILLIS)
                    : Optional.empty();
        }
    }

    /** Lists one thumbnail for each interval, by timestamp. */
    public static List<ThumbnailFile> list(Path directory, Dimensions size) {
        List<ThumbnailFile> thumbnails = new ArrayList<>();
        try {
            List<TimedName> found = found(directory);
            NavigableMap<Long, TimedName> shown = new TreeMap<>();
            firsts(found.stream()).forEach(first -> shown.put(first.millis(), first));
            shown.putAll(contents(found.stream(), shown.navigableKeySet()));
            for (TimedName each : shown.values()) {
                Path file = directory.resolve(each.name());
                thumbnails.add(new ThumbnailFile(
                        thumbnails.size(),
                        Duration.ofMillis(Math.max(0, each.millis())),
                        file,
                        size.width(),
                        size.height(),
                        Files.size(file)));
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        return thumbnails;
    }

    /** Lists all files by timestamp. */
    public static List<Path> listFiles(Path directory) {
        try {
            return found(directory).stream()
                    .map(each -> directory.resolve(each.name()))
                    .toList();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static List<TimedName> found(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            // A link or a pipe is not written by FFmpeg unless it is compromised.
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .flatMap(file -> TimedName.of(String.valueOf(file.getFileName())).stream())
                    .sorted(Comparator.comparingLong(TimedName::millis))
                    .toList();
        }
    }

    private static JobException unreadable(IOException cause) {
        return new JobException(ErrorCode.OUTPUT_INVALID, "The thumbnails cannot be read.", cause);
    }

    /** Whether this is the file name of a thumbnail. */
    public static boolean isThumbnail(String name) {
        return NAME.matcher(name).matches();
    }

    private static Stream<TimedName> firsts(Stream<TimedName> names) {
        return names.filter(each -> !each.isContent());
    }

    /**
     * The first file with content of each interval.
     *
     * @param starts timestamps of the first frame of each interval, which are the keys of the result
     */
    private static Map<Long, TimedName> contents(Stream<TimedName> names, NavigableSet<Long> starts) {
        Map<Long, TimedName> contents = new HashMap<>();
        names.filter(TimedName::isContent)
                .forEach(content -> Optional.ofNullable(starts.floor(content.millis()))
                        .ifPresent(start -> contents.merge(start, content, ThumbnailFiles::earlier)));
        return contents;
    }

    /**
     * Selects from the files of all segments those that an encode in one piece makes: the first of each interval. The encode of
     * a segment does not know whether the preceding segment has a frame in the same interval.
     *
     * @param names of files, in any order; names of other files are ignored
     * @param start time of the video stream
     */
    public static List<String> firstPerInterval(Collection<String> names, Duration start, Duration interval) {
        List<TimedName> timed =
                names.stream().flatMap(name -> TimedName.of(name).stream()).toList();
        Map<Long, TimedName> firsts = new HashMap<>();
        firsts(timed.stream())
                .forEach(each -> firsts.merge(
                        Math.floorDiv(each.millis() - start.toMillis(), interval.toMillis()),
                        each,
                        ThumbnailFiles::earlier));
        NavigableSet<Long> starts =
                firsts.values().stream().map(TimedName::millis).collect(Collectors.toCollection(TreeSet::new));
        return Stream.concat(firsts.values().stream(), contents(timed.stream(), starts).values().stream())
                .map(TimedName::name)
                .toList();
    }

    private static TimedName earlier(TimedName one, TimedName other) {
        return one.millis() <= other.millis() ? one : other;
    }
}
