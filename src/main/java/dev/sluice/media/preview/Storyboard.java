package dev.sluice.media.preview;

import dev.sluice.media.Dimensions;
import dev.sluice.media.text.WebVtt;
import java.time.Duration;
import java.util.List;

/**
 * Small frames at an interval, tiled into sheets, which players show while a viewer seeks.
 *
 * @param tile size of a tile
 * @param times of the tiles, ascending; at least one
 * @param end of the video
 * @param sheets each with up to {@link #COLUMNS} times {@link #COLUMNS} tiles
 */
public record Storyboard(Dimensions tile, List<Duration> times, Duration end, List<ImageFile> sheets) {
    /** Columns and rows of a full sheet. */
    public static final int COLUMNS = 10;

    private static final int TILES = COLUMNS * COLUMNS;

    public Storyboard {
        times = List.copyOf(times);
        sheets = List.copyOf(sheets);
    }

    /** Columns of the sheets of a storyboard with so many tiles. */
    public static int columns(int tiles) {
        return Math.min(COLUMNS, tiles);
    }

    /** Rows of the sheets of a storyboard with so many tiles. */
    public static int rows(int tiles) {
        return Math.min(COLUMNS, (tiles + COLUMNS - 1) / COLUMNS);
    }

    /** Sheets of a storyboard with so many tiles. */
    public static int sheets(int tiles) {
        return (tiles + TILES - 1) / TILES;
    }

    /** The size of each sheet of a storyboard with so many tiles. */
    public static Dimensions sheetSize(Dimensions tile, int tiles) {
        return new Dimensions(tile.width() * columns(tiles), tile.height() * rows(tiles));
    }

    /**
     * The index in WebVTT: a cue for each tile, with the fragment {@code #xywh} of its sheet. The first cue starts at 0, and each
     * ends when the next one starts.
     *
     * @param uris of the sheets, relative to the index
     */
    public String webVtt(List<String> uris) {
        StringBuilder text = new StringBuilder("WEBVTT\n");
        for (int i = 0; i < times.size(); i++) {
            Duration from = i == 0 ? Duration.ZERO : times.get(i);
            Duration last = from.plusMillis(1);
            Duration to = i + 1 < times.size() ? times.get(i + 1) : end.compareTo(last) > 0 ? end : last;
            int place = i % TILES;
            text.append('\n')
                    .append(WebVtt.timestamp(from))
                    .append(" --> ")
                    .append(WebVtt.timestamp(to))
                    .append('\n')
                    .append(uris.get(i / TILES))
                    .append("#xywh=")
                    .append(place % COLUMNS * tile.width())
                    .append(',')
                    .append(place / COLUMNS * tile.height())
                    .append(',')
                    .append(tile.width())
                    .append(',')
                    .append(tile.height())
                    .append('\n');
        }
        return text.toString();
    }
}
