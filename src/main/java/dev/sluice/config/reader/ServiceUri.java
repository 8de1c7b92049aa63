package dev.sluice.config.reader;

import dev.sluice.config.value.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The URI of a service, without its credentials, so that it can be printed. */
public record ServiceUri(String withoutCredentials, Optional<String> user, Optional<Secret> password) {
    private static final int MAX_PORT = 65_535;

    public static ServiceUri read(ConfigSection section, String fallback, List<String> schemes) {
        return section.read("uri", value -> parse(ValueParser.text(value), schemes))
                .orElseGet(() -> parse(fallback, schemes));
    }

    /** The user of {@code section}. The environment takes precedence over the file; in each, the key over the URI. */
    public String user(ConfigSection section, String fallback) {
        return preferred(section, section.isFromEnvironment("user"), section.optionalString("user"), user)
                .orElse(fallback);
    }

    /** The password of {@code section}, with the precedence of {@link #user}. */
    public Secret password(ConfigSection section, String fallback) {
        boolean overridden = section.isFromEnvironment("password") || section.isFromEnvironment("passwordFile");
        return preferred(section, overridden, section.secret("password"), password)
                .orElseGet(() -> new Secret(fallback));
    }

    private static <T> Optional<T> preferred(
            ConfigSection section, boolean overridden, Optional<T> key, Optional<T> inUri) {
        return section.isFromEnvironment("uri") && !overridden ? inUri.or(() -> key) : key.or(() -> inUri);
    }

    /**
     * Parses a URI.
     *
     * @throws IllegalArgumentException if it is invalid, or its scheme is not in {@code schemes}; the message has no part of it
     */
    public static ServiceUri parse(String text, List<String> schemes) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException bad) {
            // The parser's message contains the URI, and so the password.
            throw new IllegalArgumentException(
                    "must be a URI; special characters in a password must be percent-encoded");
        }
        if (uri.getHost() == null || !schemes.contains(uri.getScheme())) {
            throw new IllegalArgumentException("must have the form " + schemes.get(0)
                    + "://host:port/…; a host name consists of letters, digits, - and dots");
        }
        if (uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
            throw new IllegalArgumentException("the port must be from 1 to " + MAX_PORT);
        }
        if (decoded(Optional.ofNullable(uri.getRawQuery()).orElse(""))
                .toLowerCase(Locale.ROOT)
                .contains("password")) {
            throw new IllegalArgumentException(
                    "must not contain a password in its query; use the key for the password");
        }
        String credentials = uri.getRawUserInfo();
        if (credentials == null) {
            return new ServiceUri(text, Optional.empty(), Optional.empty());
        }
        int start = text.indexOf("//") + 2;
        String[] parts = credentials.split(":", 2);
        return new ServiceUri(
                text.substring(0, start) + text.substring(start + credentials.length() + 1),
                Optional.of(decoded(parts[0])).filter(user -> !user.isEmpty()),
                parts.length == 2 ? Optional.of(new Secret(decoded(parts[1]))) : Optional.empty());
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
