package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import dev.sluice.config.value.Secret;
import dev.sluice.webhook.AddressPolicy;
import dev.sluice.webhook.WebhookEvent;
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
 * Who is told over HTTP how jobs end.
 *
 * @param receivers of all jobs
 * @param secret signs what goes to receivers that have none of their own, and to those that a job names; without it no job may
 *     name one
 * @param rule where webhooks may go
 * @param backoff waits before the second, third, … try; the last one repeats
 * @param giveUpAfter how old a delivery gets
 * @param timeout how long a receiver may take for each step: its name, the connection, its answer
 */
public record WebhooksConfig(
        List<Receiver> receivers,
        Optional<Secret> secret,
        AddressPolicy addressPolicy,
        List<Duration> backoff,
        Duration maxAge,
        Duration timeout) {

    private static final int SHORTEST_SECRET = 32;
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
     * A receiver of all jobs.
     *
     * @param events what it is told of
     * @param secret its own
     */
    public record Receiver(WebhookUrl url, Set<WebhookEvent> events, Optional<Secret> secret) {
        public Receiver {
            events = Set.copyOf(events);
        }
    }

    /** Whether there can be anything to send. */
    public boolean enabled() {
        return secret.isPresent() || !receivers.isEmpty();
    }

    /** What signs deliveries to this address; empty where the configuration no longer says. */
    public Optional<Secret> secretFor(String url) {
        return receivers.stream()
                .filter(receiver -> receiver.url().value().equals(url))
                .findFirst()
                .flatMap(Receiver::secret)
                .or(() -> secret);
    }

    /**
     * The address that somebody names with a job.
     *
     * @throws IllegalArgumentException with a sentence, if nothing is sent there
     */
    public WebhookUrl parseJobWebhook(String url) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("there is no backend.webhookSecret to sign it with");
        }
        WebhookUrl named = WebhookUrl.parse(url);
        addressPolicy.check(named);
        return named;
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
                    "webhooks",
                    "a secret to sign with is needed for each: its own, or webhookSecret (or webhookSecretFile)");
        }
        return new WebhooksConfig(
                receivers,
                secret,
                policy,
                section.durations("webhookBackoffSeconds", DEFAULT_BACKOFF),
                section.duration("webhookGiveUpSeconds", 86_400, 1, 2_592_000),
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
                    throw new IllegalArgumentException("its url stands there twice");
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
            throw new IllegalArgumentException("a webhook has a url, may have events and a secret, and nothing else");
        }
        if (!(entry.getValue("url") instanceof String text)) {
            throw new IllegalArgumentException("its url is missing");
        }
        WebhookUrl url = WebhookUrl.parse(text);
        policy.check(url);
        Optional<Secret> secret = Optional.ofNullable(entry.getValue("secret"))
                .map(ValueParser::text)
                .map(Secret::new);
        if (secret.filter(WebhooksConfig::isShort).isPresent()) {
            throw new IllegalArgumentException("its secret " + tooShort());
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
        return secret.reveal().length() < SHORTEST_SECRET;
    }

    private static String tooShort() {
        return "has fewer than " + SHORTEST_SECRET + " characters, and could be guessed";
    }
}
