package dev.sluice.webhook;

import java.util.Locale;

/** What a receiver can be told of. */
public enum WebhookEvent {
    COMPLETED,
    FAILED;

    /** As it stands in the configuration. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As it goes out. */
    public String wire() {
        return "job." + key();
    }
}
