package dev.sluice.http.security;

import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.util.Arrays;

/**
 * The address by which a client is limited. A client with IPv6 has at least a network of 64 bits, so that is its address. An
 * IPv4-mapped address is that of IPv4.
 */
final class ClientAddress {
    private static final int IPV6_BYTES = 16;
    private static final int NETWORK_BYTES = 8;
    private static final int MAPPED_PREFIX_BYTES = 12;
    private static final byte ONES = (byte) 0xff;

    private ClientAddress() {}

    /** A text that is equal for connections of one client. */
    static String of(SocketAddress remote) {
        return of(String.valueOf(remote.hostAddress()));
    }

    static String of(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null || bytes.length != IPV6_BYTES) {
            return address;
        }
        return isMapped(bytes)
                ? NetUtil.bytesToIpAddress(Arrays.copyOfRange(bytes, MAPPED_PREFIX_BYTES, IPV6_BYTES))
                : NetUtil.bytesToIpAddress(Arrays.copyOf(Arrays.copyOf(bytes, NETWORK_BYTES), IPV6_BYTES)) + "/64";
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < MAPPED_PREFIX_BYTES - 2; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[MAPPED_PREFIX_BYTES - 2] == ONES && bytes[MAPPED_PREFIX_BYTES - 1] == ONES;
    }
}
