package dev.sluice.media.text;

import java.util.Arrays;
import java.util.IllformedLocaleException;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Converts the language of a stream to BCP 47 (RFC 5646), which prefers the two-letter codes of ISO 639-1. Pure. */
public final class LanguageTag {
    /** Codes of ISO 639-2/B, which containers use in place of those of ISO 639-2/T. */
    private static final Map<String, String> BIBLIOGRAPHIC = Map.ofEntries(
            Map.entry("alb", "sq"),
            Map.entry("arm", "hy"),
            Map.entry("baq", "eu"),
            Map.entry("bur", "my"),
            Map.entry("chi", "zh"),
            Map.entry("cze", "cs"),
            Map.entry("dut", "nl"),
            Map.entry("fre", "fr"),
            Map.entry("geo", "ka"),
            Map.entry("ger", "de"),
            Map.entry("gre", "el"),
            Map.entry("ice", "is"),
            Map.entry("mac", "mk"),
            Map.entry("mao", "mi"),
            Map.entry("may", "ms"),
            Map.entry("per", "fa"),
            Map.entry("rum", "ro"),
            Map.entry("slo", "sk"),
            Map.entry("tib", "bo"),
            Map.entry("wel", "cy"));

    private static final Map<String, String> TERMINOLOGICAL = Arrays.stream(Locale.getISOLanguages())
            .filter(code -> !code.equals("iw") && !code.equals("ji") && !code.equals("in"))
            .collect(Collectors.toUnmodifiableMap(LanguageTag::threeLetters, Function.identity(), (one, other) -> one));

    /** Undetermined, multiple, uncoded, and no language. */
    private static final Set<String> NONE = Set.of("", "und", "mul", "mis", "zxx", "unk");

    private static final int MAX_LENGTH = 35;

    private LanguageTag() {}

    /** The tag for an ISO 639 code, or for a tag of BCP 47; empty if the language is not stated or invalid. */
    public static Optional<String> of(String language) {
        String[] parts = language.strip().replace('_', '-').split("-", 2);
        String code = parts[0].toLowerCase(Locale.ROOT);
        if (NONE.contains(code) || language.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String primary = BIBLIOGRAPHIC.getOrDefault(code, TERMINOLOGICAL.getOrDefault(code, code));
        try {
            String tag = new Locale.Builder()
                    .setLanguageTag(parts.length == 2 ? primary + "-" + parts[1] : primary)
                    .build()
                    .toLanguageTag();
            return Optional.of(tag).filter(found -> !NONE.contains(found));
        } catch (IllformedLocaleException invalid) {
            return Optional.empty();
        }
    }

    /** The English name of the language of a tag. */
    static String name(String tag) {
        return Locale.forLanguageTag(tag).getDisplayName(Locale.ENGLISH);
    }

    private static String threeLetters(String code) {
        try {
            return new Locale.Builder().setLanguage(code).build().getISO3Language();
        } catch (MissingResourceException none) {
            return code;
        }
    }
}
