package dev.sluice.objectstore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Key with placeholders in braces. Inserted values are not scanned for placeholders. */
final class KeyTemplate {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    private final List<String> texts = new ArrayList<>();
    private final List<String> placeholders = new ArrayList<>();

    /**
     * @param name of the setting, for error messages
     * @param required placeholders
     * @throws IllegalArgumentException unless the template contains each required placeholder once and no other, and yields a
     *     valid key
     */
    KeyTemplate(String name, String template, Set<String> required) {
        Matcher matcher = PLACEHOLDER.matcher(template);
        int from = 0;
        while (matcher.find()) {
            texts.add(template.substring(from, matcher.start()));
            placeholders.add(matcher.group(1));
            from = matcher.end();
        }
        texts.add(template.substring(from));
        require(
                placeholders.size() == required.size()
                        && required.containsAll(placeholders)
                        && Set.copyOf(placeholders).equals(required),
                name + ": '" + template + "' must contain each of " + new TreeSet<>(required)
                        + " in braces, once, and no other placeholder");
        require(
                texts.subList(1, texts.size() - 1).stream().noneMatch(String::isEmpty),
                name + ": '" + template + "' must have text between its placeholders, or two keys could be equal");
        require(
                texts.stream().noneMatch(text -> text.contains("{") || text.contains("}")),
                name + ": '" + template + "' has an unmatched brace");
        try {
            var unused = new ObjectKey(String.join("x", texts));
        } catch (IllegalArgumentException bad) {
            throw new IllegalArgumentException(
                    name + ": '" + template + "' is not a valid key: " + bad.getMessage(), bad);
        }
    }

    /** The key with all values inserted. */
    String expand(Map<String, String> values) {
        StringBuilder text = new StringBuilder(texts.get(0));
        for (int i = 0; i < placeholders.size(); i++) {
            text.append(values.get(placeholders.get(i))).append(texts.get(i + 1));
        }
        return text.toString();
    }

    /**
     * The value of the other placeholder of {@code key}; empty if the key does not match this template, or if it is ambiguous
     * because part of that value could belong to the known one.
     *
     * @param known value of {@code placeholder}, one of two
     */
    Optional<String> extract(String key, String placeholder, String known) {
        boolean knownFirst = placeholders.get(0).equals(placeholder);
        String between = texts.get(1);
        String before = texts.get(0) + (knownFirst ? known + between : "");
        String after = (knownFirst ? "" : between + known) + texts.get(2);
        if (key.length() < before.length() + after.length() || !key.startsWith(before) || !key.endsWith(after)) {
            return Optional.empty();
        }
        String value = key.substring(before.length(), key.length() - after.length());
        boolean unambiguous = knownFirst
                ? (between + value).lastIndexOf(between) == 0
                : (value + between).indexOf(between) == value.length();
        return unambiguous ? Optional.of(value) : Optional.empty();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
