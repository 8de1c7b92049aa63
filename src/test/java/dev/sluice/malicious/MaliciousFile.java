package dev.sluice.malicious;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A malicious upload.
 *
 * @param name of the object and of the file
 * @param ending {@code completed}, or the error code with which its job fails
 */
public record MaliciousFile(String name, byte[] content, String ending) {
    public static final String COMPLETED = "completed";

    public Path writeTo(Path directory) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    @Override
    public String toString() {
        return name;
    }
}
