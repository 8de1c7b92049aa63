package dev.sluice.media.streaming;

import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text files of a stream, by the syntax in which they name other objects. Pure. */
public enum StreamDocument {
    /** A playlist (RFC 8216bis): lines without {@code #}, and attributes {@code URI}. */
    HLS(Playlist.HLS_TYPE) {
        @Override
        public void replaceUris(String text, UnaryOperator<String> replacement, Appendable out) throws IOException {
            replaceLines(text, out, (line, previous) -> {
                if (line.isEmpty()) {
                    return line;
                }
                return line.startsWith("#") ? replaceAttributes(line, replacement) : replacement.apply(line);
            });
        }
    },
    /** A manifest (ISO/IEC 23009-1): elements {@code BaseURL}, and attributes of segments. */
    DASH(Playlist.DASH_TYPE) {
        @Override
        public void replaceUris(String text, UnaryOperator<String> replacement, Appendable out) throws IOException {
            Matcher matcher = MANIFEST_URI.matcher(text);
            int copied = 0;
            while (matcher.find()) {
                int group = matcher.group(1) == null ? 2 : 1;
                out.append(text, copied, matcher.start(group))
                        .append(replacement.apply(matcher.group(group)).replace("&", "&amp;"));
                copied = matcher.end(group);
            }
            out.append(text, copied, text.length());
        }
    },
    /** An index of a storyboard in WebVTT: the line after the times of a cue, up to {@code #}. */
    STORYBOARD("text/vtt") {
        @Override
        public void replaceUris(String text, UnaryOperator<String> replacement, Appendable out) throws IOException {
            replaceLines(text, out, (line, previous) -> {
                if (!previous.contains("-->")) {
                    return line;
                }
                int fragment = line.indexOf('#');
                int end = fragment < 0 ? line.length() : fragment;
                return replacement.apply(line.substring(0, end)) + line.substring(end);
            });
        }
    },
    /** A text track, which names no object. */
    TEXT("text/vtt") {
        @Override
        public void replaceUris(String text, UnaryOperator<String> replacement, Appendable out) throws IOException {
            out.append(text);
        }
    };

    private static final Pattern ATTRIBUTE = Pattern.compile("\\G([A-Z0-9-]+=)(?:\"([^\"]*)\"|[^\",]*)(?:,|$)");
    private static final Pattern MANIFEST_URI = Pattern.compile(
            "<BaseURL(?:\\s[^>]*)?>([^<]*)</BaseURL>|\\s(?:media|sourceURL|index|initialization|xlink:href)=\"([^\"]*)\"");

    private final String contentType;

    StreamDocument(String contentType) {
        this.contentType = contentType;
    }

    /** The kind of document of this name, without directory; empty for media and images. */
    public static Optional<StreamDocument> named(String name) {
        if (name.endsWith(".m3u8")) {
            return Optional.of(HLS);
        }
        if (name.endsWith(".mpd")) {
            return Optional.of(DASH);
        }
        if (name.endsWith(".vtt")) {
            return Optional.of(name.startsWith("storyboard") ? STORYBOARD : TEXT);
        }
        return Optional.empty();
    }

    public String contentType() {
        return contentType;
    }

    /**
     * Writes the text with each URI replaced; all other text stays as it is.
     *
     * @param out receives it in small parts: presigned URLs multiply the size of a playlist
     * @throws IOException that of {@code out}
     */
    public abstract void replaceUris(String text, UnaryOperator<String> replacement, Appendable out) throws IOException;

    private interface LineReplacement {
        String of(String line, String previous);
    }

    private static void replaceLines(String text, Appendable out, LineReplacement replacement) throws IOException {
        String previous = "";
        int start = 0;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int next = newline < 0 ? text.length() : newline + 1;
            int end = newline < 0 ? text.length() : newline;
            if (end > start && text.charAt(end - 1) == '\r') {
                end--;
            }
            String line = text.substring(start, end);
            out.append(replacement.of(line, previous)).append(text, end, next);
            previous = line;
            start = next;
        }
    }

    /** Reads all attributes in order: the name of an audio track may contain {@code ,URI=}. */
    private static String replaceAttributes(String tag, UnaryOperator<String> replacement) {
        int colon = tag.indexOf(':');
        if (colon < 0 || !tag.startsWith("#EXT") || tag.startsWith("#EXTINF")) {
            return tag;
        }
        StringBuilder result = new StringBuilder();
        Matcher attribute = ATTRIBUTE.matcher(tag).region(colon + 1, tag.length());
        int copied = 0;
        while (attribute.find()) {
            if (attribute.group(1).equals("URI=") && attribute.group(2) != null) {
                result.append(tag, copied, attribute.start(2)).append(replacement.apply(attribute.group(2)));
                copied = attribute.end(2);
            }
        }
        return result.append(tag, copied, tag.length()).toString();
    }
}
