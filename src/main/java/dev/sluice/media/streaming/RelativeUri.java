package dev.sluice.media.streaming;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    /** The key that the URI {@code uri} names in a document with the key {@code from}; empty if it is no relative path. */
    public static Optional<String> resolve(String from, String uri) {
        if (uri.isEmpty() || uri.startsWith("/")) {
            return Optional.empty();
        }
        List<String> path = new ArrayList<>(List.of(from.split("/", -1)));
        path.remove(path.size() - 1);
        for (String part : uri.split("/", -1)) {
            if (part.equals("..")) {
                if (path.isEmpty()) {
                    return Optional.empty();
                }
                path.remove(path.size() - 1);
            } else {
                String name = decode(part);
                if (!encode(name).equals(part)) {
                    return Optional.empty();
                }
                path.add(name);
            }
        }
        return Optional.of(String.join("/", path));
    }

    /** NUL, which is no part of a key, if an escape is invalid. */
    private static String decode(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException invalidEscape) {
            return "\0";
        }
    }

    /** Percent-encodes a part of a path: everything but letters, digits and {@code - . _ *}. */
    public static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
