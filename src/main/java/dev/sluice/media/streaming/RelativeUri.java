package dev.sluice.media.streaming;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds URIs that lead from one object to another of the same bucket, whatever the address of the bucket is. Pure. */
public final class RelativeUri {
    private RelativeUri() {}

    /** The URI of the key {@code to} in a document with the key {@code from}. */
    public static String of(String from, String to) {
        List<String> base = List.of(from.split("/", -1));
        List<String> target = List.of(to.split("/", -1));
        int common = 0;
        while (common < Math.min(base.size(), target.size()) - 1
                && base.get(common).equals(target.get(common))) {
            common++;
        }
        List<String> parts = new ArrayList<>();
        for (int i = common; i < base.size() - 1; i++) {
            parts.add("..");
        }
        target.subList(common, target.size()).forEach(part -> parts.add(encode(part)));
        return String.join("/", parts);
    }

    /** Percent-encodes everything but letters, digits and {@code - . _ *}. */
    private static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
