package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import dev.sluice.config.value.Secret;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The clustered event bus.
 *
 * @param secret authenticates members and encrypts the event bus; empty: a random one in the database
 * @param host address to listen on; empty: the address of this host that reaches the database
 * @param port of {@code host}
 * @param publicHost address for the other members; empty: as {@code host}
 * @param publicPort of {@code publicHost}
 * @param members hosts that should be members, {@code host} or {@code host:port}
 */
public record ClusterConfig(
        boolean enabled,
        Optional<Secret> secret,
        Optional<String> host,
        int port,
        Optional<String> publicHost,
        int publicPort,
        List<String> members) {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final int MAX_PORT = 65_535;
    private static final int MIN_SECRET_LENGTH = 32;
    private static final Pattern MEMBER = Pattern.compile(HOST + "(:\\d{1,5})?");

    static ClusterConfig read(ConfigSection section) {
        Optional<Secret> secret = section.secret("secret");
        if (secret.isPresent() && secret.get().reveal().length() < MIN_SECRET_LENGTH) {
            section.addError("secret", "must have at least " + MIN_SECRET_LENGTH + " characters");
        }
        int port = section.integer("port", 5701, 1, MAX_PORT);
        return new ClusterConfig(
                section.bool("enabled", false),
                secret,
                section.read("host", ClusterConfig::host),
                port,
                section.read("publicHost", ClusterConfig::host),
                section.integer("publicPort", port, 1, MAX_PORT),
                section.read("members", ClusterConfig::members).orElse(List.of()));
    }

    private static String host(Object value) {
        return matching(HOST, ValueParser.text(value), "must be a host name or an IPv4 address, without a port");
    }

    private static List<String> members(Object value) {
        return ValueParser.list(value, "hosts").stream()
                .map(entry -> member(ValueParser.text(entry)))
                .toList();
    }

    private static String member(String text) {
        String rule = "members must have the form host or host:port";
        int colon = matching(MEMBER, text, rule).indexOf(':');
        if (colon >= 0 && Integer.parseInt(text.substring(colon + 1)) > MAX_PORT) {
            throw new IllegalArgumentException(rule + ", with a port of at most " + MAX_PORT);
        }
        return text;
    }

    private static String matching(Pattern pattern, String text, String rule) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(rule);
        }
        return text;
    }
}
