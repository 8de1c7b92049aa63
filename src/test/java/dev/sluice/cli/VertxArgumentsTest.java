package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class VertxArgumentsTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-instances 2         | -instances has no effect: set stages.<stage>.instances in the configuration",
                "--instances=2        | -instances has no effect: set stages.<stage>.instances in the configuration",
                "-worker              | -worker and -virtual-thread have no effect",
                "-deployment-options x| -worker and -virtual-thread have no effect",
                "com.example.Verticle | 'com.example.Verticle' is not an option: run has its own verticles",
                "--cluster-host h     | no effect without a cluster: add -cluster or set cluster.enabled",
                "-cluster-port 5701   | no effect without a cluster: add -cluster or set cluster.enabled",
                "-clutser             | Unknown option: '-clutser'",
                "--cluster-hots h     | Unknown option: '--cluster-hots'",
                "-cluster -cluster-port 0 | cluster.port: invalid value '0' of SLUICE_CLUSTER_PORT"
            })
    void rejectsOptionWithoutEffect(String options, String message) throws IOException {
        StringWriter errors = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("-conf", emptyConfig()));
        arguments.addAll(List.of(options.split(" ")));

        int exitCode = new CommandLine(new RunCommand())
                .setErr(new PrintWriter(errors, true))
                .setExecutionExceptionHandler(CommandLineRunner::handleException)
                .execute(arguments.toArray(String[]::new));

        assertThat(errors.toString()).contains(message);
        assertThat(exitCode).isEqualTo(CommandLineRunner.USAGE_ERROR);
    }

    @Test
    void optionsOfClusterTakePrecedence() {
        VertxArguments vertx = new VertxArguments();
        new CommandLine(new Options(vertx))
                .parseArgs(
                        "-cluster",
                        "--cluster-host",
                        "0.0.0.0",
                        "-cluster-port",
                        "6701",
                        "-cluster-public-host=10.0.0.1",
                        "--cluster-public-port=6702",
                        "-options",
                        "{}");

        assertThat(vertx.in(Map.of("SLUICE_CLUSTER_PORT", "5702", "HOME", "/root")))
                .isEqualTo(Map.of(
                        "HOME", "/root",
                        "SLUICE_CLUSTER_ENABLED", "true",
                        "SLUICE_CLUSTER_HOST", "0.0.0.0",
                        "SLUICE_CLUSTER_PORT", "6701",
                        "SLUICE_CLUSTER_PUBLIC_HOST", "10.0.0.1",
                        "SLUICE_CLUSTER_PUBLIC_PORT", "6702"));
        assertThat(vertx.forLauncher(true)).containsExactly("-options", "{}", "-cluster");
    }

    /** Vertx arguments as a mixin, as in the command. */
    private static final class Options {
        @CommandLine.Mixin
        private final VertxArguments vertx;

        Options(VertxArguments vertx) {
            this.vertx = vertx;
        }
    }

    private String emptyConfig() throws IOException {
        return Files.writeString(directory.resolve("sluice.json"), "{}").toString();
    }
}
