package dev.sluice.standalone;

import dev.sluice.config.reader.ConfigFile;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the data directory and the configuration file. */
final class DataOption {
    @Option(names = "--data", paramLabel = "DIRECTORY", description = "data directory (default: ~/.sluice)")
    private @Nullable Path directory;

    @Option(
            names = {"-conf", "--conf"},
            paramLabel = "FILE",
            description = "configuration file (JSON); its sections of services are ignored")
    private @Nullable Path file;

    Path directory() {
        return Optional.ofNullable(directory).orElseGet(() -> Path.of(System.getProperty("user.home"), ".sluice"));
    }

    JsonObject settings() {
        return file == null ? new JsonObject() : ConfigFile.read(file);
    }
}
