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

/** Lists the thumbnails in the directory of an encode; their names contain their timestamps. */
public final class ThumbnailFiles {
    /** A thumbnail is named after its timestamp in milliseconds: {@code thumbnail-15000.jpg}. */
    public static final String PREFIX = "thumbnail-";

    private static final Pattern NAME = Pattern.compile(PREFIX + "(-?\\d{1,18})\\.jpg");

    private ThumbnailFiles() {}

    private record TimedFile(long millis, Path file) {}

    /** Lists the thumbnails by timestamp. */
    public static List<ThumbnailFile> list(Path directory, Dimensions size) {
        List<ThumbnailFile> thumbnails = new ArrayList<>();
        try {
            for (TimedFile each : found(directory)) {
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

    /** Lists the files of the thumbnails by timestamp. */
    public static List<Path> listFiles(Path directory) {
        try {
            return found(directory).stream().map(TimedFile::file).toList();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static List<TimedFile> found(Path directory) throws IOException {
        List<TimedFile> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> millis(String.valueOf(file.getFileName())).ifPresent(millis -> {
                // A link or a pipe is not written by FFmpeg unless it is compromised.
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(new TimedFile(millis, file));
                }
            }));
        }
        found.sort(Comparator.comparingLong(TimedFile::millis));
        return found;
    }

    private static JobException unreadable(IOException cause) {
        return new JobException(ErrorCode.OUTPUT_INVALID, "The thumbnails cannot be read.", cause);
    }

    private static OptionalLong millis(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    /** Whether this is the file name of a thumbnail. */
    public static boolean isThumbnail(String name) {
        return millis(name).isPresent();
    }

    /**
     * Selects from the thumbnails of all segments those that an encode in one piece makes: the first of each interval. The encode of
     * a segment does not know whether the preceding segment has a frame in the same interval.
     *
     * @param names of files, in any order; names of other files are ignored
     * @param start time of the video stream
     */
    public static List<String> firstPerInterval(Collection<String> names, Duration start, Duration interval) {
        Map<Long, String> first = new TreeMap<>();
        names.forEach(name -> millis(name)
                .ifPresent(millis -> first.merge(
                        Math.floorDiv(millis - start.toMillis(), interval.toMillis()), name, ThumbnailFiles::earlier)));
        return List.copyOf(first.values());
    }

    private static String earlier(String one, String other) {
        return millis(one).orElseThrow() <= millis(other).orElseThrow() ? one : other;
    }
}
