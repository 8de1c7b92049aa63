package dev.sluice.broker.connection;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of lost connections without flooding the log: a warning at most every 30 s, and one line when all is well. */
public final class OutageLogger {
    private static final Logger LOG = LoggerFactory.getLogger(OutageLogger.class);
    private static final long QUIET_NANOS = Duration.ofSeconds(30).toNanos();

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

    /** One more attempt failed, or what was up is lost. */
    public void connectionFailed(String reason) {
        failures++;
        long now = nanos.getAsLong();
        if (everWarned && now - warnedAt < QUIET_NANOS) {
            LOG.atDebug()
                    .addKeyValue("client", client)
                    .addKeyValue("error", reason)
                    .log("broker still not usable");
            return;
        }
        everWarned = true;
        warned = true;
        warnedAt = now;
        LOG.atWarn()
                .addKeyValue("client", client)
                .addKeyValue("error", reason)
                .addKeyValue("failures", failures)
                .log("broker not usable, trying again");
    }

    /** It works. */
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
