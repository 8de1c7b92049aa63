package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which other hosts the event bus reaches.
 *
 * @param name those of the same name belong together
 * @param host under which the others reach this one
 * @param port of {@code host}, for the membership
 * @param busPort of {@code host}, for messages
 * @param members {@code host} or {@code host:port} of others; those that are not up are no hindrance
 */
public record ClusterConfig(
        boolean enabled, String name, String host, int port, int eventBusPort, List<String> members) {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final int MAX_PORT = 65_535;
    private static final Pattern MEMBER = Pattern.compile(HOST + "(:\\d{1,5})?");

    public ClusterConfig {
        members = List.copyOf(members);
    }

    static ClusterConfig read(ConfigSection section) {
        boolean enabled = section.bool("enabled", false);
        String host = section.read("host", ClusterConfig::host).orElse("");
        List<String> members = section.read("members", ClusterConfig::members).orElse(List.of());
        if (enabled && host.isEmpty() && section.areValid("host")) {
            section.addError("host", "is needed: the name or IPv4 address under which the other hosts reach this one");
        }
        if (enabled && members.isEmpty() && section.areValid("members")) {
            section.addError("members", "is needed: at least one of the other hosts");
        }
        return new ClusterConfig(
                enabled,
                section.string("name", "sluice"),
                host,
                section.integer("port", 5701, 1, MAX_PORT),
                section.integer("busPort", 5702, 1, MAX_PORT),
                members);
    }

    private static String host(Object value) {
        return matching(HOST, ValueParser.text(value), "a host name or an IPv4 address is needed, without a port");
    }

    private static List<String> members(Object value) {
        return ValueParser.list(value, "hosts").stream()
                .map(entry -> member(ValueParser.text(entry)))
                .toList();
    }

    private static String member(String text) {
        String rule = "members look like host or host:port";
        int colon = matching(MEMBER, text, rule).indexOf(':');
        if (colon >= 0 && Integer.parseInt(text.substring(colon + 1)) > MAX_PORT) {
            throw new IllegalArgumentException(rule + ", and ports end at " + MAX_PORT);
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
