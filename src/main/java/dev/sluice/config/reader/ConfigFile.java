package dev.sluice.config.reader;

import dev.sluice.config.value.InvalidConfigException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the configuration file. */
public final class ConfigFile {
    private static final String SCHEMA = "$schema";
    private static final Pattern JSON_LOCATION = Pattern.compile("line: (\\d+), column: (\\d+)");

    private ConfigFile() {}

    /**
     * Reads the file. Its reference to a JSON Schema, for editors, is not part of the result.
     *
     * @throws InvalidConfigException if it cannot be read or is not a JSON object in UTF-8
     */
    public static JsonObject read(Path file) {
        try {
            JsonObject json = new JsonObject(Files.readString(file));
            json.remove(SCHEMA);
            return json;
        } catch (MalformedInputException bad) {
            throw invalid(file, "is not UTF-8 text");
        } catch (NoSuchFileException missing) {
            throw invalid(file, "cannot be read (file not found)");
        } catch (IOException unreadable) {
            throw invalid(
                    file,
                    "cannot be read (" + (Files.isDirectory(file) ? "is a directory" : "permission denied?") + ")");
        } catch (DecodeException bad) {
            throw invalid(file, "is not a JSON object" + locationOf(bad));
        }
    }

    private static InvalidConfigException invalid(Path file, String what) {
        return new InvalidConfigException(List.of(file + ": " + what));
    }

    /** The location from the parser's message. The rest may contain a password without quotes. */
    private static String locationOf(DecodeException bad) {
        Matcher location = JSON_LOCATION.matcher(Objects.requireNonNullElse(bad.getMessage(), ""));
        return location.find() ? " (line " + location.group(1) + ", column " + location.group(2) + ")" : "";
    }
}
