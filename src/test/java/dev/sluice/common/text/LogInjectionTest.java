package dev.sluice.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** Untrusted text stays inside its line, in the log of the production jar and on a terminal. */
class LogInjectionTest {
    /** Line ends, NUL, backspace, an escape sequence, its C1 form, and bidirectional controls. */
    private static final String UNTRUSTED =
            "a\nb\rc\u2028d\u2029e\u0085f\u0000g\bh\u001b[31mi\u009b2Jj\u202ek\u2066l\u200fm\u061cn\u007fo\u000bp\fq\tr";

    private static final String SANITIZED = "a b c d e f g h [31mi 2Jj k l m n o p q r";

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
    void keepsMessageAndValuesOnOneLine() {
        String line = encode("said " + UNTRUSTED, null);

        assertThat(line).contains("said " + SANITIZED, "jobId=\"" + SANITIZED + "\"");
        assertThat(line.strip()).doesNotContainPattern("[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cf}]");
    }

    @Test
    void escapesQuotationMarksInValues() {
        LoggingEvent event = event("said", null);
        event.setKeyValuePairs(List.of(new KeyValuePair("jobId", "a\" errorCode=\"none"), new KeyValuePair("n", 1)));

        assertThat(encode(event)).endsWith("said jobId=\"a\\\" errorCode=\\\"none\" n=\"1\"" + System.lineSeparator());
    }

    @Test
    void sanitizesExceptionMessages() {
        Throwable cause = new IllegalStateException("inner\n2026-01-01 00:00:00.000 INFO  Main  forged " + UNTRUSTED);
        Throwable failure = new IllegalArgumentException("outer\r\nCaught: forged\u001b[2J", cause);

        List<String> lines = encode("failed", failure).lines().toList();

        assertThat(lines.get(1)).isEqualTo("java.lang.IllegalArgumentException: outer Caught: forged [2J");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("Caused by: "))
                .containsExactly("Caused by: java.lang.IllegalStateException: inner 2026-01-01 00:00:00.000 INFO  Main "
                        + " forged " + SANITIZED.replace("q r", "q\tr"));
        assertThat(lines.subList(2, lines.size()))
                .allMatch(line -> line.startsWith("\t") || line.startsWith("Caused by: "))
                .anyMatch(line -> line.startsWith("\tat dev.sluice.common.text.LogInjectionTest."));
    }

    @Test
    void writesOneJsonObjectALineWithFixedKeys() {
        JsonLog.enable(context);

        String line = encode("said " + UNTRUSTED, null);
        JsonObject json = new JsonObject(line);
        JsonObject failed = new JsonObject(encode("failed", new IllegalStateException(UNTRUSTED)));

        assertThat(line.strip()).doesNotContainPattern("[\\n\\r]");
        assertThat(json.fieldNames())
                .containsExactly(
                        "timestamp", "level", "threadName", "loggerName", "kvpList", "formattedMessage", "throwable");
        assertThat(new JsonObject(encode(event("bare", null))).fieldNames())
                .containsExactly("timestamp", "level", "threadName", "loggerName", "formattedMessage", "throwable");
        assertThat(json.getString("formattedMessage")).isEqualTo("said " + UNTRUSTED);
        assertThat(json.getJsonArray("kvpList"))
                .isEqualTo(new JsonArray().add(new JsonObject().put("jobId", UNTRUSTED)));
        assertThat(failed.getJsonObject("throwable").getString("message")).isEqualTo(UNTRUSTED);
    }

    @Test
    void sanitizesSingleLineForTerminal() {
        assertThat(TextSanitizer.singleLine(UNTRUSTED)).isEqualTo(SANITIZED);
        assertThat(TextSanitizer.singleLine("abcdef", 3)).isEqualTo("abc…");
        assertThat(TextSanitizer.singleLine("Zoë’s 😀 clip.mp4")).isEqualTo("Zoë’s 😀 clip.mp4");
    }

    private String encode(String message, Throwable cause) {
        LoggingEvent event = event(message, cause);
        event.setKeyValuePairs(List.of(new KeyValuePair("jobId", UNTRUSTED)));
        return encode(event);
    }

    private LoggingEvent event(String message, Throwable cause) {
        Logger logger = context.getLogger("dev.sluice.Test");
        return new LoggingEvent(LogInjectionTest.class.getName(), logger, Level.WARN, message, cause, null);
    }

    private String encode(LoggingEvent event) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ConsoleAppender<ILoggingEvent> appender = (ConsoleAppender<ILoggingEvent>) root.getAppender("STDERR");
        return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
    }
}
