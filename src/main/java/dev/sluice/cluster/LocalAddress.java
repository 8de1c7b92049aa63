package dev.sluice.cluster;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Determines the address of this host in the network of another host. */
final class LocalAddress {
    private LocalAddress() {}

    /**
     * Returns the address from which the operating system reaches a host; sends nothing.
     *
     * @throws IOException if the host is unknown or there is no route
     */
    static String towards(String host, int port) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            // Connecting a datagram socket only selects the route.
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port));
            return socket.getLocalAddress().getHostAddress();
        }
    }
}
