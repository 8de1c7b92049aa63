package dev.sluice.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** What comes from outside into a line of the log of the production jar, or of a terminal, stays inside that line. */
class LogInjectionTest {
    /** Line ends, NUL, backspace, a colour, a C1 control that is one too, and what turns the direction of reading. */
    private static final String HARM =
            "a\nb\rc\u2028d\u2029e\u0085f\u0000g\bh\u001b[31mi\u009b2Jj\u202ek\u2066l\u200fm\u061cn\u007fo\u000bp\fq\tr";

    private static final String HARMLESS = "a b c d e f g h [31mi 2Jj k l m n o p q r";

    private final LoggerContext context = new LoggerContext();

    @BeforeEach
    void configure() throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Path.of("src/main/resources/logback.xml").toFile());
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void keepsAMessageAndItsValuesOnOneLine() {
        String line = logged("said " + HARM, null);

        assertThat(line).contains("said " + HARMLESS, "jobId=\"" + HARMLESS + "\"");
        assertThat(line.strip()).doesNotContainPattern("[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cf}]");
    }

    @Test
    void letsNoValueSetAKeyOfItsOwn() {
        LoggingEvent event = event("said", null);
        event.setKeyValuePairs(List.of(new KeyValuePair("jobId", "a\" errorCode=\"none"), new KeyValuePair("n", 1)));

        assertThat(written(event)).endsWith("said jobId=\"a\\\" errorCode=\\\"none\" n=\"1\"" + System.lineSeparator());
    }

    @Test
    void letsNoExceptionWriteALineOfItsOwn() {
        Throwable cause = new IllegalStateException("inner\n2026-01-01 00:00:00.000 INFO  Main  forged " + HARM);
        Throwable failure = new IllegalArgumentException("outer\r\nCaught: forged\u001b[2J", cause);

        List<String> lines = logged("failed", failure).lines().toList();

        assertThat(lines.get(1)).isEqualTo("java.lang.IllegalArgumentException: outer Caught: forged [2J");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("Caused by: "))
                .containsExactly("Caused by: java.lang.IllegalStateException: inner 2026-01-01 00:00:00.000 INFO  Main "
                        + " forged " + HARMLESS.replace("q r", "q\tr"));
        assertThat(lines.subList(2, lines.size()))
                .allMatch(line -> line.startsWith("\t") || line.startsWith("Caused by: "))
                .anyMatch(line -> line.startsWith("\tat dev.sluice.common.text.LogInjectionTest."));
    }

    @Test
    void printsTheSameToATerminal() {
        assertThat(TextSanitizer.singleLine(HARM)).isEqualTo(HARMLESS);
        assertThat(TextSanitizer.singleLine("abcdef", 3)).isEqualTo("abc…");
        assertThat(TextSanitizer.singleLine("Zoë’s 😀 clip.mp4")).isEqualTo("Zoë’s 😀 clip.mp4");
    }

    private String logged(String message, Throwable cause) {
        LoggingEvent event = event(message, cause);
        event.setKeyValuePairs(List.of(new KeyValuePair("jobId", HARM)));
        return written(event);
    }

    private LoggingEvent event(String message, Throwable cause) {
        Logger logger = context.getLogger("dev.sluice.Test");
        return new LoggingEvent(LogInjectionTest.class.getName(), logger, Level.WARN, message, cause, null);
    }

    private String written(LoggingEvent event) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ConsoleAppender<ILoggingEvent> appender = (ConsoleAppender<ILoggingEvent>) root.getAppender("STDERR");
        return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
    }
}
