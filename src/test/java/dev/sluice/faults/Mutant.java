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
 * A source file of production with a mistake in it, compiled.
 *
 * @param source below src/main/java
 * @param text what it says; once
 * @param instead what the mutant says
 */
record Mutant(String source, String text, String instead) {
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Path JAR = Path.of("target", "sluice.jar");

    /** Whoever held the run once may end it. */
    static Mutant withoutTheFence() {
        return new Mutant(
                "dev/sluice/persistence/run/RunSettlement.java",
                "AND task = $3 AND attempt = $4 AND state = 'running'",
                "AND task = $3 AND $4::int IS NOT NULL");
    }

    /** A worker that dies between the two takes the message with it. */
    static Mutant thatAcknowledgesBeforeItCommits() {
        return new Mutant(
                "dev/sluice/pipeline/run/RunExecutor.java",
                "completed -> commit(run, completed),",
                "completed -> run.context().delivery().ack().compose(acked -> commit(run, completed)),");
    }

    /** Nobody sends a message again but the broker. */
    static Mutant thatSendsNothingAgain() {
        return new Mutant(
                "dev/sluice/pipeline/maintenance/RecoveryVerticle.java",
                "this::resendExpiredLeases",
                "Future::succeededFuture");
    }

    /** Compiles it; gives the directory that has to come before the jar on the class path. */
    Path compile(Path directory) throws IOException {
        String production = Files.readString(SOURCES.resolve(source));
        assertThat(production.split(Pattern.quote(text), -1))
                .as("'%s' stands once in %s", text, source)
                .hasSize(2);
        Path mutated = directory.resolve("source").resolve(source);
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Files.createDirectories(mutated.getParent());
        Files.writeString(mutated, production.replace(text, instead));
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
