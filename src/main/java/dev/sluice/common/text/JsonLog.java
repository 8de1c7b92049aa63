package dev.sluice.common.text;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the log of {@code logback.xml} as JSON: one object a line, always with the same keys. */
public final class JsonLog {
    /** In {@code logback.xml}. */
    private static final String APPENDER = "STDERR";

    private JsonLog() {}

    /** Changes the format of this process; does nothing if the log is configured by another file. */
    public static void enable() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            enable(context);
        }
    }

    static void enable(LoggerContext context) {
        if (context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER)
                instanceof ConsoleAppender<ILoggingEvent> appender) {
            appender.setEncoder(encoder(context));
        }
    }

    private static JsonEncoder encoder(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMarkers(false);
        encoder.setWithMDC(false);
        encoder.setWithArguments(false);
        encoder.setWithMessage(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        return encoder;
    }
}
