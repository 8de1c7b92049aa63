package dev.sluice.config.value;

/** A password or key that is never printed. */
public record Secret(String reveal) {
    @Override
    public String toString() {
        return "***";
    }
}
