package dev.sluice.workspace;

import java.nio.file.Path;

/** A directory that belongs to one attempt alone. */
public record AttemptDirectory(Path path) {
    /**
     * A file directly in this directory.
     *
     * @throws IllegalArgumentException if {@code name} is more than a plain name
     */
    public Path file(String name) {
        Path file = path.resolve(name).normalize();
        if (!path.equals(file.getParent())) {
            throw new IllegalArgumentException("not a plain file name: '" + name + "'");
        }
        return file;
    }
}
