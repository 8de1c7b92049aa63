package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where results go in the bucket.
 *
 * @param video template with {@code {mediaId}} and {@code {quality}}, each once
 * @param thumbnail template with {@code {mediaId}} and {@code {n}}, each once
 * @param staging prefix of what is not a result yet, ends with a slash
 */
public record KeysConfig(String video, String thumbnail, String staging) {
    /** Text between the places, or two pairs of values could make one key. */
    private static final Pattern TEMPLATE = Pattern.compile("[^{}]*\\{(\\w+)}[^{}]+\\{(\\w+)}[^{}]*");

    /** Leaves room for the rest in the 1024 bytes of a key, whatever the script. */
    private static final int MAX_PREFIX = 128;

    private static final Pattern NO_KEY = Pattern.compile("/.*|(.*/)?\\.\\.?(/.*)?|.*\\p{Cntrl}.*");

    static KeysConfig read(ConfigSection section) {
        KeysConfig config = new KeysConfig(
                template(section, "video", "videos/{mediaId}_{quality}.mp4", "quality"),
                template(section, "thumbnail", "thumbnails/{mediaId}_{n}.jpg", "n"),
                section.read("staging", KeysConfig::prefix).orElse("sluice-staging/"));
        if (config.video().replace("{quality}", "{n}").equals(config.thumbnail())) {
            section.addError("thumbnail", "is the same place as video; one would overwrite the other");
        }
        for (String key : List.of("video", "thumbnail")) {
            String template = key.equals("video") ? config.video() : config.thumbnail();
            if (section.areValid(key, "staging") && template.startsWith(config.staging())) {
                section.addError(key, "lies under keys.staging, where everything is removed sooner or later");
            }
        }
        return config;
    }

    private static String prefix(Object value) {
        String prefix = ValueParser.text(value);
        if (!prefix.endsWith("/")
                || prefix.length() > MAX_PREFIX
                || NO_KEY.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "a prefix ends with / and does not begin with it, has no part . or .. and no"
                            + " control characters, and at most " + MAX_PREFIX + " characters");
        }
        return prefix;
    }

    private static String template(ConfigSection section, String key, String fallback, String second) {
        return section.read(key, value -> checked(ValueParser.text(value), second))
                .orElse(fallback);
    }

    private static String checked(String template, String second) {
        Matcher places = TEMPLATE.matcher(template);
        boolean complete = places.matches()
                && Set.copyOf(List.of(places.group(1), places.group(2))).equals(Set.of("mediaId", second));
        if (!complete) {
            throw new IllegalArgumentException("the template needs {mediaId} and {" + second
                    + "}, each once, no other braces, and text between the two");
        }
        if (NO_KEY.matcher(template).matches()) {
            throw new IllegalArgumentException(
                    "a key does not begin with / and has no part . or .. and no control characters");
        }
        return template;
    }
}
