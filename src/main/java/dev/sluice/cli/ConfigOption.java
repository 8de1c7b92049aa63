package dev.sluice.cli;

import dev.sluice.config.SluiceConfig;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the configuration file. */
final class ConfigOption {
    @Option(
            names = {"-conf", "--conf"},
            paramLabel = "FILE",
            required = true,
            description = "configuration file (JSON); environment variables SLUICE_… take precedence")
    private @Nullable Path file;

    SluiceConfig load() {
        return load(System.getenv());
    }

    SluiceConfig load(Map<String, String> environment) {
        if (file == null) {
            throw new IllegalStateException("the option is required");
        }
        return SluiceConfig.load(file, environment);
    }
}
