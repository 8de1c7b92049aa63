package dev.sluice.cli;

import dev.sluice.config.SluiceConfig;
import dev.sluice.config.source.ConfigSource;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the configuration file. */
public final class ConfigOption {
    @Option(
            names = {"-conf", "--conf"},
            paramLabel = "FILE",
            required = true,
            description = "configuration file (JSON); environment variables SLUICE_… take precedence")
    private @Nullable Path file;

    /** Loads the file with the environment of this process. */
    public SluiceConfig load() {
        return load(System.getenv());
    }

    SluiceConfig load(Map<String, String> environment) {
        return source(environment).load().config();
    }

    /** The file of the option. */
    ConfigSource source(Map<String, String> environment) {
        if (file == null) {
            throw new IllegalStateException("the option is required");
        }
        return new ConfigSource(file, environment);
    }
}
