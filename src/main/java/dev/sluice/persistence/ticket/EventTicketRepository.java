package dev.sluice.persistence.ticket;

import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Stores tickets by their digests, so that the table reveals no valid ticket. */
public final class EventTicketRepository {
    private static final String INSERT = """
            WITH expired AS (DELETE FROM sluice.event_ticket WHERE expires_at < clock_timestamp())
            INSERT INTO sluice.event_ticket (digest, user_id, admin, token_expires_at, expires_at)
            VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5))
            """;
    private static final String TAKE = """
            DELETE FROM sluice.event_ticket WHERE digest = $1
            RETURNING user_id, admin, token_expires_at, expires_at > clock_timestamp() AS valid
            """;

    private final Database database;

    public EventTicketRepository(Database database) {
        this.database = database;
    }

    /** Inserts a ticket and deletes expired ones. */
    public Future<Void> insert(Buffer digest, EventTicket ticket, Duration ttl) {
        return database.execute(
                        INSERT,
                        digest,
                        ticket.userId(),
                        ticket.admin(),
                        ticket.tokenExpiry()
                                .map(expiry -> expiry.atOffset(ZoneOffset.UTC))
                                .orElse(null),
                        (double) ttl.toSeconds())
                .mapEmpty();
    }

    /** Takes a ticket, which is then used; empty if it is unknown, used or expired. */
    public Future<Optional<EventTicket>> take(Buffer digest) {
        return database.execute(TAKE, digest)
                .map(rows -> Rows.stream(rows)
                        .filter(row -> row.getBoolean("valid"))
                        .findFirst()
                        .map(row -> new EventTicket(
                                row.getString("user_id"),
                                row.getBoolean("admin"),
                                Optional.ofNullable(row.getOffsetDateTime("token_expires_at"))
                                        .map(OffsetDateTime::toInstant))));
    }
}
