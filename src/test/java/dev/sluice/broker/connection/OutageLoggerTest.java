package dev.sluice.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OutageLoggerTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(OutageLogger.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private Duration now = Duration.ofDays(-3);
    private final OutageLogger log = new OutageLogger("publisher", () -> now.toNanos());

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void warnsOfTheFirstFailureAndThenOnlyEveryHalfMinute() {
        for (int second = 0; second <= 61; second++) {
            log.connectionFailed("down");
            now = now.plusSeconds(1);
        }

        assertThat(levels()).containsExactly(Level.WARN, Level.WARN, Level.WARN);
    }

    @Test
    void tellsOnceThatAllIsWell() {
        log.connectionFailed("down");
        log.connectionFailed("down");
        log.connected();
        log.connected();

        assertThat(levels()).containsExactly(Level.WARN, Level.INFO);
    }

    @Test
    void tellsOfTheFirstConnection() {
        log.connected();

        assertThat(levels()).containsExactly(Level.INFO);
    }

    @Test
    void keepsQuietWhenItComesAndGoesAllTheTime() {
        for (int n = 0; n < 20; n++) {
            log.connectionFailed("flaps");
            log.connected();
            now = now.plusSeconds(1);
        }

        assertThat(levels()).containsExactly(Level.WARN, Level.INFO);
    }

    private List<Level> levels() {
        return lines.list.stream().map(ILoggingEvent::getLevel).toList();
    }
}
