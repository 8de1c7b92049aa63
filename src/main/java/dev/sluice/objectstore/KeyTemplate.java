package dev.sluice.objectstore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text with places for values in braces. What is put in a place is never read for places again. */
final class KeyTemplate {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    private final List<String> texts = new ArrayList<>();
    private final List<String> placeholders = new ArrayList<>();

    /**
     * @param name of the setting, for complaints
     * @throws IllegalArgumentException naming the rule, unless the template has each of {@code wanted} once and nothing else,
     *     and makes a good key
     */
    KeyTemplate(String name, String template, Set<String> wanted) {
        Matcher matcher = PLACEHOLDER.matcher(template);
        int from = 0;
        while (matcher.find()) {
            texts.add(template.substring(from, matcher.start()));
            placeholders.add(matcher.group(1));
            from = matcher.end();
        }
        texts.add(template.substring(from));
        require(
                placeholders.size() == wanted.size()
                        && wanted.containsAll(placeholders)
                        && Set.copyOf(placeholders).equals(wanted),
                name + ": '" + template + "' must have each of " + new TreeSet<>(wanted)
                        + " in braces, once, and no other");
        require(
                texts.subList(1, texts.size() - 1).stream().noneMatch(String::isEmpty),
                name + ": '" + template + "' must have text between its places, or two names could be one");
        require(
                texts.stream().noneMatch(text -> text.contains("{") || text.contains("}")),
                name + ": '" + template + "' has a brace that belongs to no place");
        try {
            var unused = new ObjectKey(String.join("x", texts));
        } catch (IllegalArgumentException bad) {
            throw new IllegalArgumentException(name + ": '" + template + "' makes no key: " + bad.getMessage(), bad);
        }
    }

    /** The text with every place filled. */
    String expand(Map<String, String> values) {
        StringBuilder text = new StringBuilder(texts.get(0));
        for (int i = 0; i < placeholders.size(); i++) {
            text.append(values.get(placeholders.get(i))).append(texts.get(i + 1));
        }
        return text.toString();
    }

    /**
     * What stands in {@code key} at the one place that {@code known} leaves open; empty if the key is not of this template,
     * or if it could be read in another way, with a part of the open value taken for a part of the known one.
     *
     * @param known the value of one of the two places
     */
    Optional<String> extract(String key, String place, String known) {
        boolean knownFirst = placeholders.get(0).equals(place);
        String between = texts.get(1);
        String before = texts.get(0) + (knownFirst ? known + between : "");
        String after = (knownFirst ? "" : between + known) + texts.get(2);
        if (key.length() < before.length() + after.length() || !key.startsWith(before) || !key.endsWith(after)) {
            return Optional.empty();
        }
        String open = key.substring(before.length(), key.length() - after.length());
        boolean clear = knownFirst
                ? (between + open).lastIndexOf(between) == 0
                : (open + between).indexOf(between) == open.length();
        return clear ? Optional.of(open) : Optional.empty();
    }

    private static void require(boolean met, String complaint) {
        if (!met) {
            throw new IllegalArgumentException(complaint);
        }
    }
}
