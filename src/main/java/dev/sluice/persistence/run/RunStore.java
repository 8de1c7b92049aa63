package dev.sluice.persistence.run;

import dev.sluice.message.JobUpdate;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.usertable.UserTables;
import java.util.function.Function;

/** The tables of stage runs: claims, leases, settlement and results, with the outbox of what follows from them. */
public record RunStore(
        ClaimTransaction claims,
        LeaseRepository leases,
        RunSettlement settlement,
        TaskResultRepository taskResults,
        Outbox outbox) {

    /**
     * Opens the repositories on one database.
     *
     * @param toOutboxMessage the message of an update
     */
    public static RunStore of(
            Database database, UserTables tables, Function<JobUpdate, OutboxMessage> toOutboxMessage) {
        return new RunStore(
                new ClaimTransaction(database, tables, toOutboxMessage),
                new LeaseRepository(database),
                new RunSettlement(database, tables, toOutboxMessage),
                new TaskResultRepository(database),
                new Outbox(database));
    }
}
