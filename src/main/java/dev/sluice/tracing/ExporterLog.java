package dev.sluice.tracing;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/** Writes what OpenTelemetry logs, such as failed exports, to the log of Sluice. */
final class ExporterLog extends Handler {
    private static final java.util.logging.Logger SOURCE = java.util.logging.Logger.getLogger("io.opentelemetry");
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ExporterLog.class);

    private final SimpleFormatter formatter = new SimpleFormatter();

    /** Takes effect once for the process. */
    static synchronized void install() {
        if (SOURCE.getUseParentHandlers()) {
            SOURCE.setUseParentHandlers(false);
            SOURCE.addHandler(new ExporterLog());
        }
    }

    @Override
    public void publish(LogRecord entry) {
        if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
            LOG.atWarn().addKeyValue("error", formatter.formatMessage(entry)).log("OpenTelemetry reported a problem");
        }
    }

    @Override
    public void flush() {
        // The log does not buffer.
    }

    @Override
    public void close() {
        // The log stays open.
    }
}
