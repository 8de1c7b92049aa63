package dev.sluice.webhook;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.function.Predicate;

/**
 * Restricts the addresses of webhook receivers, against server-side request forgery.
 *
 * @param allowPrivate whether this host and private networks are allowed; reserved addresses are always forbidden
 */
public record AddressPolicy(boolean allowPrivate) {
    /**
     * Checks a URL without resolving its host name.
     *
     * @throws ForbiddenAddressException if the host is forbidden
     */
    public void check(WebhookUrl url) {
        url.ipLiteral().ifPresent(address -> check(List.of(address)));
        if (!allowPrivate && (url.host().equals("localhost") || url.host().endsWith(".localhost"))) {
            throw forbidden("this host");
        }
    }

    /**
     * Checks all addresses of a host name: one forbidden address is enough to reject the host.
     *
     * @throws ForbiddenAddressException if an address is forbidden
     */
    public void check(List<InetAddress> addresses) {
        check(addresses, AddressPolicy::isOfThisHost);
    }

    void check(List<InetAddress> addresses, Predicate<InetAddress> ofThisHost) {
        for (InetAddress address : addresses) {
            switch (AddressType.of(address)) {
                case PUBLIC -> {
                    if (!allowPrivate && ofThisHost.test(address)) {
                        throw forbidden("this host");
                    }
                }
                case PRIVATE -> {
                    if (!allowPrivate) {
                        throw forbidden("a private address");
                    }
                }
                case RESERVED -> throw new ForbiddenAddressException("reserved address: " + address.getHostAddress());
            }
        }
    }

    /** Services of this host may trust connections that come from it, under any of its addresses. */
    static boolean isOfThisHost(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return false;
        }
    }

    private static ForbiddenAddressException forbidden(String target) {
        return new ForbiddenAddressException("webhooks to " + target + " are forbidden (backend.webhookAllowPrivate)");
    }
}
