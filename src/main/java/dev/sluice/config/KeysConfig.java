package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Object keys of results.
 *
 * @param video template with {@code {mediaId}} and {@code {quality}}, each once
 * @param thumbnail template with {@code {mediaId}} and {@code {n}}, each once
 * @param stream template of playlists, poster, storyboard, preview clip and text tracks with {@code {mediaId}} and {@code {name}},
 *     each once
 * @param staging prefix of staged objects, ends with a slash
 */
public record KeysConfig(String video, String thumbnail, String stream, String staging) {
    /** Requires text between the placeholders; without it two pairs of values could give one key. */
    private static final Pattern TEMPLATE = Pattern.compile("[^{}]*\\{(\\w+)}[^{}]+\\{(\\w+)}[^{}]*");

    /** Leaves space for the rest of a key, which has at most 1024 bytes in UTF-8. */
    private static final int MAX_PREFIX = 128;

    /**
     * A name of each kind of object with {@code keys.stream}, except the preview clip: its name could be that of a rendition, but
     * {@link MediaConfig} excludes this.
     */
    private static final List<String> STREAM_NAMES = List.of(
            "master.m3u8",
            "audio.m3u8",
            "manifest.mpd",
            "video_0.m3u8",
            "iframes_0.m3u8",
            "poster.jpg",
            "storyboard.vtt",
            "storyboard-0.jpg",
            "text_0.m3u8",
            "text_0.vtt",
            "chapters.vtt");

    private static final Pattern INVALID_KEY = Pattern.compile("/.*|(.*/)?\\.\\.?(/.*)?|.*\\p{Cntrl}.*");

    static KeysConfig read(ConfigSection section) {
        KeysConfig config = new KeysConfig(
                template(section, "video", "videos/{mediaId}_{quality}.mp4", "quality"),
                template(section, "thumbnail", "thumbnails/{mediaId}_{n}.jpg", "n"),
                template(section, "stream", "streams/{mediaId}/{name}", "name"),
                section.read("staging", KeysConfig::prefix).orElse("sluice-staging/"));
        if (config.video().replace("{quality}", "{n}").equals(config.thumbnail())) {
            section.addError(
                    "thumbnail",
                    "must differ from keys.video, or thumbnails and renditions could overwrite each other");
        }
        if (matches(config.stream(), config.video(), "quality") || matches(config.stream(), config.thumbnail(), "n")) {
            section.addError(
                    "stream",
                    "must differ from keys.video and keys.thumbnail, or playlists could overwrite other outputs");
        }
        for (Map.Entry<String, String> entry : Map.of(
                        "video", config.video(), "thumbnail", config.thumbnail(), "stream", config.stream())
                .entrySet()) {
            String key = entry.getKey();
            String template = entry.getValue();
            if (section.areValid(key, "staging") && template.startsWith(config.staging())) {
                section.addError(key, "must not begin with keys.staging: objects below it are deleted");
            }
        }
        return config;
    }

    /** Whether some object with {@code keys.stream} of a media item has the key of another output of it. */
    private static boolean matches(String stream, String template, String second) {
        String pattern = Stream.of(template.replace("{mediaId}", "0").split(Pattern.quote("{" + second + "}"), -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(second.equals("n") ? "\\d{1,9}" : "[A-Za-z0-9_-]{1,32}"));
        return STREAM_NAMES.stream()
                .map(name -> stream.replace("{mediaId}", "0").replace("{name}", name))
                .anyMatch(key -> key.matches(pattern));
    }

    private static String prefix(Object value) {
        String prefix = ValueParser.text(value);
        if (!prefix.endsWith("/")
                || prefix.length() > MAX_PREFIX
                || INVALID_KEY.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "must end with / and not begin with it, have no segment . or .. and no control characters, and at most "
                            + MAX_PREFIX + " characters");
        }
        return prefix;
    }

    private static String template(ConfigSection section, String key, String fallback, String second) {
        return section.read(key, value -> checked(ValueParser.text(value), second))
                .orElse(fallback);
    }

    private static String checked(String template, String second) {
        Matcher placeholders = TEMPLATE.matcher(template);
        boolean complete = placeholders.matches()
                && Set.copyOf(List.of(placeholders.group(1), placeholders.group(2)))
                        .equals(Set.of("mediaId", second));
        if (!complete) {
            throw new IllegalArgumentException("must contain {mediaId} and {" + second
                    + "} once each, with text between them, and no other braces");
        }
        if (INVALID_KEY.matcher(template).matches()) {
            throw new IllegalArgumentException(
                    "must not begin with / and must have no segment . or .. and no control characters");
        }
        return template;
    }
}
