package dev.sluice.media.text;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes WebVTT files (W3C WebVTT) from untrusted text: of the markup only bold, italic and underlined text remains, everything
 * else is escaped or removed. Pure.
 */
public final class WebVtt {
    private static final String HEAD = "WEBVTT\n";
    /** More than a video of 12 hours has; a file with more is truncated. */
    private static final int MAX_CUES = 50_000;

    private static final int MAX_CUE_LENGTH = 2_000;

    private static final Pattern TIMING = Pattern.compile(
            "((?:\\d{2,4}:)?\\d{2}:\\d{2}\\.\\d{3}) --> "
                    + "((?:\\d{2,4}:)?\\d{2}:\\d{2}\\.\\d{3})((?: (?:align|line|position|size|vertical):[A-Za-z0-9.,%-]{1,40})*).*");

    private static final Pattern TOKEN =
            Pattern.compile("</?[biu]>|</?[A-Za-z0-9][^<>]*>|&(?:amp|lt|gt|nbsp|lrm|rlm);|[&<>]");
    private static final Pattern KEPT = Pattern.compile("</?[biu]>|&\\w+;");
    /** Control characters, and the characters that are no characters. */
    private static final Pattern INVALID = Pattern.compile("[\\x00-\\x1F\\x7F-\\x9F\\u2028\\u2029\\uFFFE\\uFFFF]");

    private WebVtt() {}

    /**
     * Rewrites a file: valid cues with text only, without styles, regions, identifiers and comments. Empty if there are none.
     *
     * @param lines of a WebVTT file as FFmpeg writes it: the text of a cue may contain blank lines
     */
    public static Optional<String> sanitize(Iterable<String> lines) {
        StringBuilder file = new StringBuilder(HEAD);
        String timing = "";
        StringBuilder text = new StringBuilder();
        int cues = 0;
        for (String line : lines) {
            Matcher matcher = TIMING.matcher(line);
            if (matcher.matches()) {
                cues += append(file, timing, text);
                if (cues >= MAX_CUES) {
                    break;
                }
                timing = isForward(matcher) ? matcher.group(1) + " --> " + matcher.group(2) + matcher.group(3) : "";
            } else if (!line.isBlank() && text.length() < MAX_CUE_LENGTH) {
                text.append(text.isEmpty() ? "" : "\n").append(clean(line));
            }
        }
        cues += cues < MAX_CUES ? append(file, timing, text) : 0;
        return cues == 0 ? Optional.empty() : Optional.of(file.toString());
    }

    /** Appends a cue, unless its timing or text is empty, and clears the text. Returns the number of cues. */
    private static int append(StringBuilder file, String timing, StringBuilder text) {
        String content = text.toString().strip();
        text.setLength(0);
        if (timing.isEmpty() || content.isEmpty()) {
            return 0;
        }
        file.append('\n').append(timing).append('\n').append(content).append('\n');
        return 1;
    }

    private static boolean isForward(Matcher timing) {
        return millis(timing.group(1)) < millis(timing.group(2));
    }

    private static long millis(String time) {
        long millis = 0;
        for (String part : List.of(time.substring(0, time.length() - 4).split(":", -1))) {
            millis = 60 * millis + 1_000 * Long.parseLong(part);
        }
        return millis + Long.parseLong(time.substring(time.length() - 3));
    }

    /** Keeps simple markup and entities, removes other tags, and escapes the rest. */
    static String clean(String line) {
        String printable = INVALID.matcher(line.length() > MAX_CUE_LENGTH ? line.substring(0, MAX_CUE_LENGTH) : line)
                .replaceAll(" ");
        return TOKEN.matcher(printable)
                .replaceAll(found -> Matcher.quoteReplacement(
                        KEPT.matcher(found.group()).matches()
                                ? found.group()
                                : switch (found.group()) {
                                    case "&" -> "&amp;";
                                    case "<" -> "&lt;";
                                    case ">" -> "&gt;";
                                    default -> "";
                                }));
    }

    /** A file with a cue for each chapter; empty if there are none. */
    public static Optional<String> chapters(List<Chapter> chapters) {
        StringBuilder file = new StringBuilder(HEAD);
        int cues = 0;
        for (Chapter chapter : chapters) {
            Duration start = chapter.start().isNegative() ? Duration.ZERO : chapter.start();
            if (start.compareTo(chapter.end()) < 0 && !chapter.title().isBlank()) {
                file.append('\n')
                        .append(timestamp(start))
                        .append(" --> ")
                        .append(timestamp(chapter.end()))
                        .append('\n')
                        .append(escape(chapter.title()))
                        .append('\n');
                cues++;
            }
        }
        return cues == 0 ? Optional.empty() : Optional.of(file.toString());
    }

    /** Titles have no markup. */
    private static String escape(String title) {
        return INVALID.matcher(title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
                .replaceAll(" ")
                .strip();
    }

    /** A timestamp of a cue, in milliseconds; not negative. */
    public static String timestamp(Duration time) {
        return String.format(
                Locale.ROOT,
                "%02d:%02d:%02d.%03d",
                time.toHours(),
                time.toMinutesPart(),
                time.toSecondsPart(),
                time.toMillisPart());
    }
}
