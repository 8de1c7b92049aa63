package dev.sluice.webhook;

import java.util.Locale;

/** An event that a receiver can subscribe to. */
public enum WebhookEvent {
    COMPLETED,
    FAILED;

    /** The name in the configuration. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name in requests. */
    public String wire() {
        return "job." + key();
    }
}
