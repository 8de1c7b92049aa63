package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import dev.sluice.config.value.Secret;
import dev.sluice.webhook.AddressPolicy;
import dev.sluice.webhook.WebhookEvent;
import dev.sluice.webhook.WebhookSignature;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks that announce the end of jobs.
 *
 * @param receivers of all jobs
 * @param secret signs webhooks of receivers without their own secret; those of jobs are signed with secrets derived from it, so
 *     that without it no job may set a webhook
 * @param addressPolicy allowed addresses of receivers
 * @param backoff delays before the second, third, … attempt; the last one repeats
 * @param maxAge age at which a webhook is abandoned
 * @param timeout of each step: name resolution, connection, response
 */
public record WebhooksConfig(
        List<Receiver> receivers,
        Optional<Secret> secret,
        AddressPolicy addressPolicy,
        List<Duration> backoff,
        Duration maxAge,
        Duration timeout) {

    private static final int MIN_SECRET_LENGTH = 32;
    private static final Set<String> KEYS = Set.of("url", "events", "secret");
    private static final List<Duration> DEFAULT_BACKOFF = List.of(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(15),
            Duration.ofHours(1));

    public WebhooksConfig {
        receivers = List.copyOf(receivers);
        backoff = List.copyOf(backoff);
    }

    /**
     * A receiver of the events of all jobs.
     *
     * @param secret empty: the common secret is used
     */
    public record Receiver(WebhookUrl url, Set<WebhookEvent> events, Optional<Secret> secret) {
        public Receiver {
            events = Set.copyOf(events);
        }
    }

    /** Whether any webhook can exist. */
    public boolean enabled() {
        return secret.isPresent() || !receivers.isEmpty();
    }

    /** The secret for a receiver; empty if the receiver was removed from the configuration. */
    public Optional<Secret> secretFor(String url) {
        return receivers.stream()
                .filter(receiver -> receiver.url().value().equals(url))
                .findFirst()
                .flatMap(Receiver::secret)
                .or(() -> secret);
    }

    /** The secret for webhooks that a user names, derived from the common secret; empty if there is none. */
    public Optional<Secret> secretOf(String user) {
        return secret.map(common -> new Secret(WebhookSignature.secretOf(user, common.reveal())));
    }

    /**
     * Parses the webhook of a job.
     *
     * @throws IllegalArgumentException if the URL is invalid or not allowed; the message names the reason
     */
    public WebhookUrl parseJobWebhook(String url) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("backend.webhookSecret is not set");
        }
        WebhookUrl webhook = WebhookUrl.parse(url);
        addressPolicy.check(webhook);
        return webhook;
    }

    static WebhooksConfig read(ConfigSection section) {
        AddressPolicy policy = new AddressPolicy(section.bool("webhookAllowPrivate", false));
        Optional<Secret> secret = section.secret("webhookSecret");
        List<Receiver> receivers =
                section.read("webhooks", value -> receivers(value, policy)).orElse(List.of());
        if (secret.filter(WebhooksConfig::isShort).isPresent()) {
            section.addError("webhookSecret", tooShort());
        }
        if (secret.isEmpty()
                && receivers.stream().anyMatch(receiver -> receiver.secret().isEmpty())
                && section.areValid("webhookSecret", "webhookSecretFile")) {
            section.addError(
                    "webhooks", "every webhook requires a secret: its own, or webhookSecret (or webhookSecretFile)");
        }
        return new WebhooksConfig(
                receivers,
                secret,
                policy,
                section.durations("webhookBackoffSeconds", DEFAULT_BACKOFF),
                section.duration("webhookMaxAgeSeconds", 86_400, 1, 2_592_000),
                section.duration("webhookTimeoutSeconds", 10, 0.1, 60));
    }

    private static List<Receiver> receivers(Object value, AddressPolicy policy) {
        JsonArray list = ValueParser.list(value, "webhooks");
        List<Receiver> receivers = new ArrayList<>();
        Set<String> urls = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            try {
                Receiver receiver = receiver(list.getValue(i), policy);
                if (!urls.add(receiver.url().value())) {
                    throw new IllegalArgumentException("duplicate url");
                }
                receivers.add(receiver);
            } catch (IllegalArgumentException bad) {
                throw new IllegalArgumentException("webhook " + (i + 1) + ": " + bad.getMessage(), bad);
            }
        }
        return receivers;
    }

    private static Receiver receiver(Object value, AddressPolicy policy) {
        if (!(value instanceof JsonObject entry) || !KEYS.containsAll(entry.fieldNames())) {
            throw new IllegalArgumentException("must be an object with a url and optionally events and secret");
        }
        if (!(entry.getValue("url") instanceof String text)) {
            throw new IllegalArgumentException("url is missing");
        }
        WebhookUrl url = WebhookUrl.parse(text);
        policy.check(url);
        Optional<Secret> secret = Optional.ofNullable(entry.getValue("secret"))
                .map(ValueParser::text)
                .map(Secret::new);
        if (secret.filter(WebhooksConfig::isShort).isPresent()) {
            throw new IllegalArgumentException("secret " + tooShort());
        }
        return new Receiver(url, events(entry.getValue("events")), secret);
    }

    private static Set<WebhookEvent> events(@Nullable Object value) {
        if (value == null) {
            return EnumSet.allOf(WebhookEvent.class);
        }
        Set<WebhookEvent> events = EnumSet.noneOf(WebhookEvent.class);
        ValueParser.list(value, "events").forEach(event -> events.add(ValueParser.choice(event, WebhookEvent.class)));
        return events;
    }

    private static boolean isShort(Secret secret) {
        return secret.reveal().length() < MIN_SECRET_LENGTH;
    }

    private static String tooShort() {
        return "must have at least " + MIN_SECRET_LENGTH + " characters";
    }
}
