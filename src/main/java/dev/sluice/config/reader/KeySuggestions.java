package dev.sluice.config.reader;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Suggests a known key for an unknown one. */
final class KeySuggestions {
    /** Shorter names match at an edit distance of 1 only. */
    private static final int MIN_LENGTH_FOR_TWO_EDITS = 4;

    private KeySuggestions() {}

    /** The known key that {@code wrong} resembles: mistyped, without its unit, or in another section. */
    static Optional<String> forKey(String wrong, Collection<String> known) {
        return closestMatch(wrong, known)
                .or(() -> known.stream()
                        .filter(key -> key.startsWith(wrong) && key.indexOf('.', wrong.length()) < 0)
                        .findFirst())
                .or(() -> known.stream()
                        .filter(key -> lastPart(key).equals(lastPart(wrong)))
                        .findFirst());
    }

    /** The known name with the smallest edit distance, at most 2. */
    static Optional<String> closestMatch(String wrong, Collection<String> known) {
        return known.stream()
                .filter(name -> distance(wrong, name) <= (wrong.length() < MIN_LENGTH_FOR_TWO_EDITS ? 1 : 2))
                .min(Comparator.comparingInt(name -> distance(wrong, name)));
    }

    private static String lastPart(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** The Levenshtein distance. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
