package dev.sluice.faults;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A playlist or a byte range that an HLS playlist names.
 *
 * @param end of the range in the object; 0: the whole object
 */
record PlaylistReference(String key, long end) {
    private static final Pattern URI_ATTRIBUTE = Pattern.compile("URI=\"([^\"]+)\"");
    private static final Pattern RANGE = Pattern.compile("BYTERANGE[:=]\"?(\\d+)@(\\d+)");

    /** Reads the playlist with this key. */
    static List<PlaylistReference> read(String key, String playlist) {
        List<PlaylistReference> references = new ArrayList<>();
        long end = 0;
        for (String line : playlist.lines().toList()) {
            Matcher range = RANGE.matcher(line);
            end = range.find() ? Long.parseLong(range.group(1)) + Long.parseLong(range.group(2)) : end;
            Matcher attribute = URI_ATTRIBUTE.matcher(line);
            if (attribute.find()) {
                references.add(new PlaylistReference(resolve(key, attribute.group(1)), end));
            } else if (!line.startsWith("#") && !line.isBlank()) {
                references.add(new PlaylistReference(resolve(key, line), end));
            }
        }
        return List.copyOf(references);
    }

    private static String resolve(String key, String uri) {
        return URI.create("/" + key).resolve(uri).getPath().substring(1);
    }
}
