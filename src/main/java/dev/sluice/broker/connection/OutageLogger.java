package dev.sluice.broker.connection;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs connection failures without flooding the log: a warning at most every 30 s, and one line on recovery. */
public final class OutageLogger {
    private static final Logger LOG = LoggerFactory.getLogger(OutageLogger.class);
    private static final long WARNING_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();

    private final String client;
    private final LongSupplier nanos;
    private boolean first = true;
    private boolean everWarned;
    private long warnedAt;
    private boolean warned;
    private int failures;

    OutageLogger(String client, LongSupplier nanos) {
        this.client = client;
        this.nanos = nanos;
    }

    /** Records a failed attempt or the loss of an established connection. */
    public void connectionFailed(String reason) {
        failures++;
        long now = nanos.getAsLong();
        if (everWarned && now - warnedAt < WARNING_INTERVAL_NANOS) {
            LOG.atDebug()
                    .addKeyValue("client", client)
                    .addKeyValue("error", reason)
                    .log("broker still unavailable");
            return;
        }
        everWarned = true;
        warned = true;
        warnedAt = now;
        LOG.atWarn()
                .addKeyValue("client", client)
                .addKeyValue("error", reason)
                .addKeyValue("failures", failures)
                .log("broker unavailable; reconnecting");
    }

    /** Records that the connection is usable. */
    public void connected() {
        if (warned || first) {
            LOG.atInfo()
                    .addKeyValue("client", client)
                    .addKeyValue("failures", failures)
                    .log("broker connected");
        } else {
            LOG.atDebug().addKeyValue("client", client).log("broker connected");
        }
        first = false;
        warned = false;
        failures = 0;
    }
}
