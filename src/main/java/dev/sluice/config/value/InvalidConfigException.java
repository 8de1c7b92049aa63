package dev.sluice.config.value;

import java.util.List;

/** A configuration that cannot be used, with every complaint at once. */
public final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> complaints;

    public InvalidConfigException(List<String> complaints) {
        super(String.join("\n", complaints));
        this.complaints = List.copyOf(complaints);
    }

    /** One line each, {@code section.key: what is wrong}. */
    public List<String> complaints() {
        return complaints;
    }
}
