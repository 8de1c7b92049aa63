package dev.sluice.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Parses hosts that are IP addresses as the URL standard (WHATWG) requires: {@code 2130706433}, {@code 0x7f.1} and
 * {@code 0177.0.0.1} are all 127.0.0.1. Java and resolvers parse some of these differently and are not used.
 */
final class IpLiteralParser {
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f:.]+]");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9A-Fa-f]*");
    private static final int MAX_PARTS = 4;
    private static final int BYTE = 256;

    private IpLiteralParser() {}

    /**
     * Returns the address; empty for a host name.
     *
     * @throws IllegalArgumentException if {@code host} has the form of an address but is invalid
     */
    static Optional<InetAddress> parse(String host) {
        if (host.startsWith("[")) {
            return Optional.of(ipv6(host));
        }
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        List<String> parts = List.of(name.split("\\.", -1));
        return NUMBER.matcher(parts.get(parts.size() - 1)).matches() ? Optional.of(ipv4(parts)) : Optional.empty();
    }

    private static InetAddress ipv6(String host) {
        if (!IPV6.matcher(host).matches()) {
            throw new IllegalArgumentException("the host is not a valid IPv6 address");
        }
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException invalid) {
            throw new IllegalArgumentException("the host is not a valid IPv6 address", invalid);
        }
    }

    private static InetAddress ipv4(List<String> parts) {
        if (parts.size() > MAX_PARTS) {
            throw invalidIpv4();
        }
        List<Long> numbers = new ArrayList<>();
        parts.forEach(part -> numbers.add(number(part)));
        // The last number fills the remaining bytes.
        long last = numbers.remove(numbers.size() - 1);
        if (last >= 1L << (8 * (MAX_PARTS - numbers.size())) || numbers.stream().anyMatch(number -> number >= BYTE)) {
            throw invalidIpv4();
        }
        long address = last;
        for (int i = 0; i < numbers.size(); i++) {
            address |= numbers.get(i) << (8 * (MAX_PARTS - 1 - i));
        }
        return ofBytes(address);
    }

    private static InetAddress ofBytes(long address) {
        byte[] bytes = new byte[MAX_PARTS];
        for (int i = 0; i < MAX_PARTS; i++) {
            bytes[i] = (byte) (address >> (8 * (MAX_PARTS - 1 - i)));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static long number(String part) {
        if (!NUMBER.matcher(part).matches()) {
            throw invalidIpv4();
        }
        String text = part.toLowerCase(Locale.ROOT);
        try {
            if (text.startsWith("0x")) {
                return text.length() == 2 ? 0 : Long.parseLong(text.substring(2), 16);
            }
            return text.length() > 1 && text.startsWith("0") ? Long.parseLong(text, 8) : Long.parseLong(text);
        } catch (NumberFormatException tooLong) {
            throw invalidIpv4();
        }
    }

    private static IllegalArgumentException invalidIpv4() {
        return new IllegalArgumentException("the host ends in a number but is not a valid IPv4 address");
    }
}
