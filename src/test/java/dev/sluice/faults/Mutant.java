package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A production source file with a defect.
 *
 * @param source below src/main/java
 * @param text occurs once in the source
 * @param replacement replaces the text
 */
record Mutant(String source, String text, String replacement) {
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Path JAR = Path.of("target", "sluice.jar");

    /** A worker can settle a run whose lease it has lost. */
    static Mutant withoutTheFence() {
        return new Mutant(
                "dev/sluice/persistence/run/RunSettlement.java",
                "AND task = $3 AND attempt = $4 AND state = 'running'",
                "AND task = $3 AND $4::int IS NOT NULL");
    }

    /** A crash between acknowledgement and commit loses the message. */
    static Mutant withAcknowledgementBeforeCommit() {
        return new Mutant(
                "dev/sluice/pipeline/run/RunExecutor.java",
                "done -> commit(attempt, done, log),",
                "done -> delivery.ack().compose(gone -> commit(attempt, done, log)),");
    }

    /** Only the broker redelivers messages. */
    static Mutant withoutResend() {
        return new Mutant(
                "dev/sluice/pipeline/maintenance/RecoveryVerticle.java",
                "silent = started(often, this::resendExpiredLeases);",
                "silent = started(often, Future::succeededFuture);");
    }

    /** Compiles the mutant; returns the directory that must precede the jar on the class path. */
    Path compile(Path directory) throws IOException {
        String production = Files.readString(SOURCES.resolve(source));
        assertThat(production.split(Pattern.quote(text), -1))
                .as("'%s' occurs once in %s", text, source)
                .hasSize(2);
        Path mutated = directory.resolve("source").resolve(source);
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Files.createDirectories(mutated.getParent());
        Files.writeString(mutated, production.replace(text, replacement));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            null,
                            files,
                            null,
                            List.of(
                                    "--release",
                                    "17",
                                    "-proc:none",
                                    "-nowarn",
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    JAR.toString()),
                            null,
                            files.getJavaFileObjects(mutated))
                    .call();
            assertThat(compiled).as("the mutant compiles").isTrue();
        }
        return classes;
    }
}
