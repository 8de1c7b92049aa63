package dev.sluice.workspace;

import java.nio.file.Path;

/** The directory of a single attempt. */
public record AttemptDirectory(Path path) {
    /**
     * Returns a file directly in this directory.
     *
     * @throws IllegalArgumentException if {@code name} is not a plain file name
     */
    public Path file(String name) {
        Path file = path.resolve(name).normalize();
        if (!path.equals(file.getParent())) {
            throw new IllegalArgumentException("not a plain file name: '" + name + "'");
        }
        return file;
    }
}
