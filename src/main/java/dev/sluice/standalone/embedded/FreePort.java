package dev.sluice.standalone.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;

/**
 * Ports of the loopback interface for servers whose port must be known before they bind it, which may be seconds later. They are
 * below the ports that Linux gives to connections and to servers without a port of their own.
 */
final class FreePort {
    private static final int MAX_ATTEMPTS = 1_000;

    private FreePort() {}

    /**
     * Returns a random port that is free now.
     *
     * @param min lowest port
     * @param max lowest port above
     * @throws IOException if none was found
     */
    static int between(int min, int max) throws IOException {
        return new SecureRandom()
                .ints(min, max)
                .limit(MAX_ATTEMPTS)
                .filter(FreePort::isFree)
                .findFirst()
                .orElseThrow(() -> new IOException("No port from " + min + " to " + max + " is free."));
    }

    static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException | IllegalArgumentException inUse) {
            return false;
        }
    }
}
