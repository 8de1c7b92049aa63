package dev.sluice.backend.update;

import dev.sluice.persistence.ticket.EventTicket;
import dev.sluice.persistence.ticket.EventTicketRepository;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * Issues tickets for event streams. The {@code EventSource} of browsers cannot send a token, and a token in a URL would be valid
 * for all operations and reach the logs of proxies; a ticket is valid once, for a minute, for event streams only.
 */
public final class EventTicketService {
    public static final Duration TTL = Duration.ofSeconds(60);

    private static final int RANDOM_BYTES = 32;

    private final EventTicketRepository tickets;
    private final SecureRandom random = new SecureRandom();

    public EventTicketService(EventTicketRepository tickets) {
        this.tickets = tickets;
    }

    /** Issues a ticket for a caller. */
    public Future<String> issue(EventTicket caller) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return tickets.insert(digest(ticket), caller, TTL).map(ticket);
    }

    /** The caller of a ticket, which is then used; empty if it is unknown, used or expired. */
    public Future<Optional<EventTicket>> redeem(String ticket) {
        return tickets.take(digest(ticket));
    }

    private static Buffer digest(String ticket) {
        try {
            return Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(ticket.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }
}
