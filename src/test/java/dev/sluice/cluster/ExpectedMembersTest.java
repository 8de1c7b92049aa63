package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.persistence.cluster.ClusterMember;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ExpectedMembersTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(ExpectedMembers.class);

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long nanoTime;

    @BeforeEach
    void capture() {
        lines.start();
        LOG.addAppender(lines);
        LOG.setLevel(Level.INFO);
    }

    @AfterEach
    void release() {
        LOG.setLevel(null);
        LOG.detachAppender(lines);
    }

    @Test
    void isDueThirtySecondsAfterStartAndLastCheck() {
        ExpectedMembers expected = new ExpectedMembers(List.of("10.0.0.2"), () -> nanoTime);

        nanoTime = Duration.ofSeconds(29).toNanos();
        assertThat(expected.isDue()).isFalse();
        nanoTime = Duration.ofSeconds(30).toNanos();
        assertThat(expected.isDue()).isTrue();
        expected.check(List.of());
        assertThat(expected.isDue()).isFalse();
        assertThat(new ExpectedMembers(List.of(), () -> nanoTime * 2).isDue()).isFalse();
    }

    @Test
    void warnsOnceOfMemberThatIsNotSeen() {
        ExpectedMembers expected =
                new ExpectedMembers(List.of("10.0.0.1", "10.0.0.2:5701", "10.0.0.3:9", "localhost"), () -> nanoTime);
        ClusterMember self = member("10.0.0.1", 7001);

        expected.check(List.of(self, member("10.0.0.3", 5701), member("127.0.0.1", 5702)));
        expected.check(List.of(self, member("10.0.0.3", 5701), member("127.0.0.1", 5702)));
        expected.check(List.of(self, member("10.0.0.2", 5701), member("127.0.0.1", 5702)));

        assertThat(lines.list)
                .extracting(line -> line.getLevel() + " " + line.getMessage() + " "
                        + line.getKeyValuePairs().get(0).value)
                .containsExactly(
                        "WARN configured member not seen 10.0.0.2:5701",
                        "WARN configured member not seen 10.0.0.3:9",
                        "INFO configured member seen 10.0.0.2:5701");
    }

    private static ClusterMember member(String host, int port) {
        return new ClusterMember(host + port, host, port, Set.of(), "");
    }
}
