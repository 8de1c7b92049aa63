package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The clustered event bus.
 *
 * @param name processes with the same name form a cluster; it has no default, because a process that knows it can join
 * @param host address of this host for the other members
 * @param port of {@code host}, for the membership
 * @param eventBusPort of {@code host}, for messages
 * @param members the other hosts, {@code host} or {@code host:port}; they need not be running
 */
public record ClusterConfig(
        boolean enabled, String name, String host, int port, int eventBusPort, List<String> members) {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final int MAX_PORT = 65_535;
    private static final Pattern MEMBER = Pattern.compile(HOST + "(:\\d{1,5})?");

    static ClusterConfig read(ConfigSection section) {
        boolean enabled = section.bool("enabled", false);
        String host = section.read("host", ClusterConfig::host).orElse("");
        List<String> members = section.read("members", ClusterConfig::members).orElse(List.of());
        if (enabled && host.isEmpty() && section.areValid("host")) {
            section.addError("host", "required: the name or IPv4 address of this host for the other members");
        }
        if (enabled && members.isEmpty() && section.areValid("members")) {
            section.addError("members", "required: at least one other host");
        }
        String name = section.optionalString("name").orElse("");
        if (enabled && name.isEmpty() && section.areValid("name")) {
            section.addError("name", "required: a name that only the members know, for example 32 random characters");
        }
        return new ClusterConfig(
                enabled,
                name,
                host,
                section.integer("port", 5701, 1, MAX_PORT),
                section.integer("eventBusPort", 5702, 1, MAX_PORT),
                members);
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
