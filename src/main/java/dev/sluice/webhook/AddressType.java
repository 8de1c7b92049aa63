package dev.sluice.webhook;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** The type of an IP address, from the registries of special-purpose addresses (RFC 6890 and its successors). */
public enum AddressType {
    /** A host on the internet. */
    PUBLIC,
    /** This host or a private network. */
    PRIVATE,
    /** Cannot be a receiver: link-local (cloud metadata services), multicast and unassigned addresses. */
    RESERVED;

    private static final List<Range> V4 = List.of(
            new Range("0.0.0.0", 8, RESERVED),
            new Range("10.0.0.0", 8, PRIVATE),
            new Range("100.64.0.0", 10, PRIVATE),
            new Range("127.0.0.0", 8, PRIVATE),
            new Range("169.254.0.0", 16, RESERVED),
            new Range("172.16.0.0", 12, PRIVATE),
            new Range("192.0.0.0", 24, RESERVED),
            new Range("192.0.2.0", 24, RESERVED),
            new Range("192.88.99.0", 24, RESERVED),
            new Range("192.168.0.0", 16, PRIVATE),
            new Range("198.18.0.0", 15, RESERVED),
            new Range("198.51.100.0", 24, RESERVED),
            new Range("203.0.113.0", 24, RESERVED),
            new Range("224.0.0.0", 3, RESERVED),
            new Range("0.0.0.0", 0, PUBLIC));
    // Only 2000::/3 is assigned otherwise.
    private static final List<Range> V6 = List.of(
            new Range("::1", 128, PRIVATE),
            new Range("fc00::", 7, PRIVATE),
            new Range("2001::", 23, RESERVED),
            new Range("2001:db8::", 32, RESERVED),
            new Range("3fff::", 20, RESERVED),
            new Range("2000::", 3, PUBLIC),
            new Range("::", 0, RESERVED));
    /** IPv6 addresses that contain an IPv4 address, and its offset: mapped, NAT64, 6to4. */
    private static final List<Embedding> EMBEDDINGS = List.of(
            new Embedding(new Range(mapped(), 96, RESERVED), 12),
            new Embedding(new Range("64:ff9b::", 96, RESERVED), 12),
            new Embedding(new Range("2002::", 16, RESERVED), 2));
    /** The interface identifier before the IPv4 address of ISATAP, in any network. */
    private static final byte[] ISATAP = {0, 0, 0x5e, (byte) 0xfe};

    private static final int ISATAP_OFFSET = 8;
    private static final int ISATAP_IPV4_OFFSET = 12;
    private static final int UNIVERSAL_BIT = 0x02;

    /** The type of an address; of an IPv6 address that contains an IPv4 address, the type of that one. */
    public static AddressType of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? first(V4, bytes) : ofV6(bytes);
    }

    private static AddressType ofV6(byte[] bytes) {
        for (Embedding embedding : EMBEDDINGS) {
            if (embedding.range().contains(bytes)) {
                return embedded(bytes, embedding.offset());
            }
        }
        AddressType type = first(V6, bytes);
        return type == PUBLIC && isIsatap(bytes) ? embedded(bytes, ISATAP_IPV4_OFFSET) : type;
    }

    private static AddressType embedded(byte[] bytes, int offset) {
        return first(V4, Arrays.copyOfRange(bytes, offset, offset + 4));
    }

    private static boolean isIsatap(byte[] bytes) {
        byte[] identifier = Arrays.copyOfRange(bytes, ISATAP_OFFSET, ISATAP_IPV4_OFFSET);
        identifier[0] = (byte) (identifier[0] & ~UNIVERSAL_BIT);
        return Arrays.equals(identifier, ISATAP);
    }

    private static AddressType first(List<Range> ranges, byte[] bytes) {
        return ranges.stream()
                .filter(range -> range.contains(bytes))
                .findFirst()
                .map(Range::type)
                .orElse(RESERVED);
    }

    /** ::ffff:0:0, as bytes: Java parses its text form as IPv4. */
    private static byte[] mapped() {
        byte[] prefix = new byte[16];
        prefix[10] = (byte) 0xff;
        prefix[11] = (byte) 0xff;
        return prefix;
    }

    private record Embedding(Range range, int offset) {}

    /** Addresses with a common prefix. */
    private static final class Range {
        private final byte[] prefix;
        private final int bits;
        private final AddressType type;

        Range(String prefix, int bits, AddressType type) {
            this(literal(prefix), bits, type);
        }

        Range(byte[] prefix, int bits, AddressType type) {
            this.prefix = prefix;
            this.bits = bits;
            this.type = type;
        }

        AddressType type() {
            return type;
        }

        boolean contains(byte[] address) {
            int whole = bits / 8;
            int rest = bits % 8;
            return address.length == prefix.length
                    && Arrays.equals(address, 0, whole, prefix, 0, whole)
                    && (rest == 0 || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0);
        }

        private static byte[] literal(String text) {
            try {
                return InetAddress.getByName(text).getAddress();
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
