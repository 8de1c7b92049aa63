package dev.sluice.webhook;

import java.net.InetAddress;
import java.util.List;

/**
 * Where webhooks may go, so that nobody who names a receiver reaches through us what he does not reach himself.
 *
 * @param allowPrivate whether this host and its network may be receivers; what is no receiver at all stays refused
 */
public record AddressPolicy(boolean allowPrivate) {
    /**
     * What can be said of an address without asking for its name.
     *
     * @throws ForbiddenAddressException if nothing may be sent there
     */
    public void check(WebhookUrl url) {
        url.ipLiteral().ifPresent(address -> check(List.of(address)));
        if (!allowPrivate && (url.host().equals("localhost") || url.host().endsWith(".localhost"))) {
            throw refused("this host");
        }
    }

    /**
     * Checks all addresses that a name has: whoever puts a private one among them may mean that one.
     *
     * @throws ForbiddenAddressException if nothing may be sent to one of them
     */
    public void check(List<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            switch (AddressType.of(address)) {
                case PUBLIC -> {
                    // Anybody may be told anything of his own jobs.
                }
                case PRIVATE -> {
                    if (!allowPrivate) {
                        throw refused("a private address");
                    }
                }
                case RESERVED ->
                    throw new ForbiddenAddressException("no webhook can be received at " + address.getHostAddress());
            }
        }
    }

    private static ForbiddenAddressException refused(String what) {
        return new ForbiddenAddressException("webhooks to " + what + " are refused (backend.webhookAllowPrivate)");
    }
}
