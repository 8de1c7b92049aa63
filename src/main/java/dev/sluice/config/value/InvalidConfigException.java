package dev.sluice.config.value;

import java.util.List;

/** A configuration that cannot be used, with every complaint at once. */
public final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> errors;

    public InvalidConfigException(List<String> errors) {
        super(String.join("\n", errors));
        this.errors = List.copyOf(errors);
    }

    /** One line each, {@code section.key: what is wrong}. */
    public List<String> errors() {
        return errors;
    }
}
