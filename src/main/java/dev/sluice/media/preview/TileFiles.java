package dev.sluice.media.preview;

import dev.sluice.media.Dimensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Small frames of a video at a fixed interval, one file each, which become the tiles of a {@link Storyboard}. */
public final class TileFiles {
    /** A tile is named after its timestamp in milliseconds: {@code tile-15000.jpg}. */
    public static final String PREFIX = "tile-";

    private static final Pattern NAME = Pattern.compile(PREFIX + "(-?\\d{1,15})\\.jpg");
    private static final int LONG_SIDE = 160;
    private static final int MAX_TILES = 250;
    private static final List<Integer> INTERVALS = List.of(1, 2, 5, 10, 15, 30, 60, 120, 180);
    private static final int LONGEST_STEP = 60;

    private static final Logger LOG = LoggerFactory.getLogger(TileFiles.class);

    private TileFiles() {}

    /** The shortest interval with which a video of this length has at most 250 tiles. */
    public static Duration interval(Duration length) {
        long shortest = Math.max(1, (length.toMillis() + 1000L * MAX_TILES - 1) / (1000L * MAX_TILES));
        return Duration.ofSeconds(INTERVALS.stream()
                .mapToLong(Integer::longValue)
                .filter(seconds -> seconds >= shortest)
                .findFirst()
                .orElse((shortest + LONGEST_STEP - 1) / LONGEST_STEP * LONGEST_STEP));
    }

    /** The size of a tile for frames of this size: 160 pixels on the longer side, not enlarged, even. */
    public static Dimensions size(Dimensions frame) {
        return frame.limitedTo(LONG_SIDE);
    }

    /** Whether this is the file name of a tile. */
    public static boolean isTile(String name) {
        return NAME.matcher(name).matches();
    }

    /** The timestamp of a tile, by its file name. */
    public static Duration timestamp(String name) {
        Matcher matcher = NAME.matcher(name);
        return Duration.ofMillis(matcher.matches() ? Math.max(0, Long.parseLong(matcher.group(1))) : 0);
    }

    /** Lists all tiles in a directory; none if it cannot be read, because no job may fail for them. */
    public static List<Path> listFiles(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> isTile(String.valueOf(file.getFileName())))
                    .toList();
        } catch (IOException unreadable) {
            LOG.atWarn().setCause(unreadable).log("tiles not listed");
            return List.of();
        }
    }

    /**
     * Selects the first tile of each interval. The encode of a segment does not know whether the preceding segment has a frame in
     * the same interval, and chose the interval by a stated duration.
     *
     * @param names of files, in any order; names of other files are ignored
     * @param start time of the video stream
     * @return by timestamp
     */
    public static List<String> firstPerInterval(Collection<String> names, Duration start, Duration interval) {
        TreeMap<Long, Long> firsts = new TreeMap<>();
        names.stream()
                .map(NAME::matcher)
                .filter(Matcher::matches)
                .map(name -> Long.parseLong(name.group(1)))
                .forEach(millis ->
                        firsts.merge(Math.floorDiv(millis - start.toMillis(), interval.toMillis()), millis, Math::min));
        return firsts.values().stream().map(millis -> PREFIX + millis + ".jpg").toList();
    }
}
