package dev.sluice.standalone;

import dev.sluice.config.reader.ConfigFile;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the embedded services keep their data, and what else is configured. */
final class DataOption {
    @Option(names = "--data", paramLabel = "DIRECTORY", description = "where everything is kept (default: ~/.sluice)")
    private @Nullable Path directory;

    @Option(
            names = {"-conf", "--conf"},
            paramLabel = "FILE",
            description = "a configuration; what it says of services is left aside")
    private @Nullable Path file;

    Path directory() {
        return Optional.ofNullable(directory).orElseGet(() -> Path.of(System.getProperty("user.home"), ".sluice"));
    }

    JsonObject settings() {
        return file == null ? new JsonObject() : ConfigFile.read(file);
    }
}
