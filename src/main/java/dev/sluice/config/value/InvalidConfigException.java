package dev.sluice.config.value;

import java.util.List;

/** Thrown for an invalid configuration, with all errors. */
public final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> errors;

    public InvalidConfigException(List<String> errors) {
        super(String.join("\n", errors));
        this.errors = List.copyOf(errors);
    }

    /** One line for each error, {@code section.key: error}. */
    public List<String> errors() {
        return errors;
    }
}
