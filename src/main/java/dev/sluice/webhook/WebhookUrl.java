package dev.sluice.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a webhook receiver. Path and query may contain secrets and are not printed.
 *
 * @param value the configured text
 * @param host as in the {@code Host} header and the certificate: a lower-case name without a trailing dot, or an address in
 *     canonical form, IPv6 in brackets
 * @param ipLiteral the address, if {@code host} is one
 * @param requestTarget path and query
 */
public record WebhookUrl(
        String value, boolean tls, String host, Optional<InetAddress> ipLiteral, int port, String requestTarget) {
    /** Maximum length; limited by the size of an index entry. */
    public static final int MAX_LENGTH = 1000;

    private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]+");
    private static final Pattern AUTHORITY =
            Pattern.compile("(?<host>\\[[^\\]@]*]|[A-Za-z0-9._-]+)(:(?<port>[0-9]{1,5}))?");
    private static final Pattern NAME =
            Pattern.compile("([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)*" + "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final int MAX_NAME_LENGTH = 253;
    private static final int MAX_PORT = 65_535;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /**
     * Parses a URL.
     *
     * @throws IllegalArgumentException if the URL is invalid; the message contains no part of it
     */
    public static WebhookUrl parse(String text) {
        if (text.length() > MAX_LENGTH || !PRINTABLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "the URL must have at most " + MAX_LENGTH + " printable ASCII characters and no spaces");
        }
        URI uri = uri(text);
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        String authority = uri.getRawAuthority();
        if (authority == null || !(tls || scheme.equals("http"))) {
            throw new IllegalArgumentException("must be https://host/… or http://host/…");
        }
        if (authority.contains("@")) {
            throw new IllegalArgumentException(
                    "the URL must not contain credentials; requests are authenticated by their signature");
        }
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "the host must be a name of letters, digits, - and dots, or an IP address");
        }
        Optional<InetAddress> literal = IpLiteralParser.parse(parts.group("host"));
        return new WebhookUrl(
                text,
                tls,
                literal.map(WebhookUrl::canonical).orElseGet(() -> name(parts.group("host"))),
                literal,
                port(parts.group("port"), tls),
                requestTarget(uri));
    }

    /** Scheme, host and port, without secrets. */
    public String origin() {
        return (tls ? "https://" : "http://") + host + ":" + port;
    }

    @Override
    public String toString() {
        return origin() + "/…";
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException invalid) {
            // The message of the parser contains the text.
            throw new IllegalArgumentException("invalid URL");
        }
    }

    private static int port(@Nullable String given, boolean tls) {
        if (given == null) {
            return tls ? HTTPS_PORT : HTTP_PORT;
        }
        int port = Integer.parseInt(given);
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("the port must be from 1 to " + MAX_PORT);
        }
        return port;
    }

    private static String name(String host) {
        String name = (host.endsWith(".") ? host.substring(0, host.length() - 1) : host).toLowerCase(Locale.ROOT);
        if (name.length() > MAX_NAME_LENGTH || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a host name must have letters, digits and -, separated by single dots");
        }
        return name;
    }

    private static String canonical(InetAddress address) {
        String text = address.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    private static String requestTarget(URI uri) {
        String path = Optional.ofNullable(uri.getRawPath())
                .filter(given -> !given.isEmpty())
                .orElse("/");
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }
}
