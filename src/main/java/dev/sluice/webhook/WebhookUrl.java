package dev.sluice.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a webhook goes. Its path and query may be as good as a password, so they never print.
 *
 * @param value the whole of it, as it was given
 * @param host as it is said to the receiver and looked for in its certificate: a name in small letters without a dot at its end,
 *     or an address in its usual form, IPv6 in brackets
 * @param ipLiteral the address, where {@code host} is one
 * @param requestTarget the path and the query
 */
public record WebhookUrl(
        String value, boolean tls, String host, Optional<InetAddress> ipLiteral, int port, String requestTarget) {
    /** Characters; so that an index may hold it. */
    public static final int LONGEST = 1000;

    private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]+");
    private static final Pattern AUTHORITY =
            Pattern.compile("(?<host>\\[[^\\]@]*]|[A-Za-z0-9._-]+)(:(?<port>[0-9]{1,5}))?");
    private static final Pattern NAME =
            Pattern.compile("([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)*" + "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final int LONGEST_NAME = 253;
    private static final int HIGHEST_PORT = 65_535;
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException saying what is wrong, without any part of it
     */
    public static WebhookUrl parse(String text) {
        if (text.length() > LONGEST || !PRINTABLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "an address has up to " + LONGEST + " characters, all of them of ASCII and none of them a space");
        }
        URI uri = uri(text);
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        String authority = uri.getRawAuthority();
        if (authority == null || !(tls || scheme.equals("http"))) {
            throw new IllegalArgumentException("https://host/… or http://host/… is needed");
        }
        if (authority.contains("@")) {
            throw new IllegalArgumentException("credentials do not go into the address; the signature says who sends");
        }
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a host has letters, digits, - and dots, or is an IP address");
        }
        Optional<InetAddress> literal = IpLiteralParser.parse(parts.group("host"));
        return new WebhookUrl(
                text,
                tls,
                literal.map(WebhookUrl::usual).orElseGet(() -> name(parts.group("host"))),
                literal,
                port(parts.group("port"), tls),
                requestTarget(uri));
    }

    /** Scheme, host and port, which may print. */
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
        } catch (IllegalArgumentException bad) {
            // The parser's own message repeats the text.
            throw new IllegalArgumentException("it is not an address");
        }
    }

    private static int port(@Nullable String given, boolean tls) {
        if (given == null) {
            return tls ? HTTPS : HTTP;
        }
        int port = Integer.parseInt(given);
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("a port is from 1 to " + HIGHEST_PORT);
        }
        return port;
    }

    private static String name(String host) {
        String name = (host.endsWith(".") ? host.substring(0, host.length() - 1) : host).toLowerCase(Locale.ROOT);
        if (name.length() > LONGEST_NAME || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a host's name has letters, digits and -, parted by single dots");
        }
        return name;
    }

    private static String usual(InetAddress address) {
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
