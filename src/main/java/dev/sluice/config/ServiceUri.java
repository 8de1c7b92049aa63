package dev.sluice.config;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The address of a service; credentials in it are taken out, so that the rest may be printed. */
record ServiceUri(String withoutCredentials, Optional<String> user, Optional<Secret> password) {

    static ServiceUri read(Section section, String fallback, List<String> schemes) {
        return section.read("uri", value -> parse(String.valueOf(value), schemes))
                .orElseGet(() -> parse(fallback, schemes));
    }

    private static ServiceUri parse(String text, List<String> schemes) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException bad) {
            // The parser's own message repeats the text, and a password with it.
            throw new IllegalArgumentException(
                    "it is not an address; write special characters of a password as %XX", null);
        }
        if (uri.getHost() == null || !schemes.contains(uri.getScheme())) {
            throw new IllegalArgumentException(schemes.get(0) + "://host:port/… is needed");
        }
        String credentials = uri.getRawUserInfo();
        if (credentials == null) {
            return new ServiceUri(text, Optional.empty(), Optional.empty());
        }
        String[] parts = credentials.split(":", 2);
        return new ServiceUri(
                text.replace(credentials + "@", ""),
                Optional.of(decoded(parts[0])),
                parts.length == 2 ? Optional.of(new Secret(decoded(parts[1]))) : Optional.empty());
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
