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

/** The file of the configuration. */
public final class ConfigFile {
    private static final Pattern JSON_LOCATION = Pattern.compile("line: (\\d+), column: (\\d+)");

    private ConfigFile() {}

    /**
     * Reads the file.
     *
     * @throws InvalidConfigException if it cannot be read or is not a JSON object in UTF-8
     */
    public static JsonObject read(Path file) {
        try {
            return new JsonObject(Files.readString(file));
        } catch (MalformedInputException bad) {
            throw invalid(file, "is not UTF-8 text");
        } catch (NoSuchFileException missing) {
            throw invalid(file, "cannot be read (there is no such file)");
        } catch (IOException unreadable) {
            throw invalid(
                    file,
                    "cannot be read (" + (Files.isDirectory(file) ? "it is a directory" : "no permission?") + ")");
        } catch (DecodeException bad) {
            throw invalid(file, "is not a JSON object" + placeOf(bad));
        }
    }

    private static InvalidConfigException invalid(Path file, String what) {
        return new InvalidConfigException(List.of(file + ": " + what));
    }

    /** The parser's message is left out but for the place: it may repeat a password that lacks its quotes. */
    private static String placeOf(DecodeException bad) {
        Matcher place = JSON_LOCATION.matcher(Objects.requireNonNullElse(bad.getMessage(), ""));
        return place.find() ? " (line " + place.group(1) + ", column " + place.group(2) + ")" : "";
    }
}
