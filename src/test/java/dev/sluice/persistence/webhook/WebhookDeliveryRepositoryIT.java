package dev.sluice.persistence.webhook;

import static dev.sluice.common.async.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Webhooks that wait, and who gets them. */
@ExtendWith({VertxExtension.class, ServicesExtension.class})
class WebhookDeliveryRepositoryIT {
    private static final Duration HOLD = Duration.ofMinutes(1);

    private TestDatabase database;
    private Store store;
    private WebhookDeliveryRepository deliveries;

    @BeforeEach
    void open(Vertx vertx, TestDatabase newDatabase, Store newStore) {
        database = newDatabase;
        store = newStore;
        deliveries = new WebhookDeliveryRepository(store.database());
    }

    @Test
    void acquiresDeliveryOnceUntilItsHoldTimeEnds() {
        waiting("a", 1, "now()");

        WebhookDelivery first =
                await(deliveries.acquireDue(10, 4, Map.of(), HOLD)).get(0);
        assertThat(await(deliveries.acquireDue(10, 4, Map.of(), HOLD))).isEmpty();
        database.execute("UPDATE sluice.webhook_delivery SET due_at = now()");
        WebhookDelivery second =
                await(deliveries.acquireDue(10, 4, Map.of(), HOLD)).get(0);

        assertThat(first.attempts()).isEqualTo(1);
        assertThat(new JsonObject(first.payload()).getString("job_id")).isEqualTo("7");
        assertThat(second.attempts()).isEqualTo(2);
        assertThat(second.id()).isEqualTo(first.id());
        // The first holder can no longer abandon it.
        await(deliveries.abandon(first, "late"));
        assertThat(state()).containsExactly("waiting");
        await(deliveries.markDelivered(first));
        assertThat(state()).containsExactly("delivered");
        assertThat(database.value("SELECT payload FROM sluice.webhook_delivery"))
                .isNull();
    }

    @Test
    void limitsDeliveriesOfEachReceiverAndPrefersOldest() {
        waiting("slow", 20, "now() - interval '2 h'");
        waiting("busy", 5, "now() - interval '3 h'");
        waiting("full", 5, "now() - interval '4 h'");
        waiting("quick", 2, "now() - interval '1 s'");
        waiting("later", 2, "now() + interval '1 h'");

        List<WebhookDelivery> acquired =
                await(deliveries.acquireDue(32, 4, Map.of("busy", 3, "full", 4, "gone", 4), HOLD));

        assertThat(acquired.stream().map(WebhookDelivery::origin))
                .containsExactlyInAnyOrder("slow", "slow", "slow", "slow", "busy", "quick", "quick");
        assertThat(await(deliveries.acquireDue(2, 4, Map.of(), HOLD)).stream().map(WebhookDelivery::origin))
                .containsExactly("full", "full");
    }

    @Test
    void retriesRescheduledButNotAbandonedDelivery() {
        waiting("a", 1, "now()");
        waiting("b", 1, "now()");
        List<WebhookDelivery> acquired = await(deliveries.acquireDue(10, 4, Map.of(), HOLD));

        await(deliveries.reschedule(acquired.get(0), Duration.ZERO, "HTTP status 500"));
        await(deliveries.abandon(acquired.get(1), "too old"));

        assertThat(await(deliveries.acquireDue(10, 4, Map.of(), HOLD)).stream().map(WebhookDelivery::id))
                .containsExactly(acquired.get(0).id());
        assertThat(database.query("SELECT state, error FROM sluice.webhook_delivery ORDER BY state"))
                .containsExactly(
                        Map.of("state", "given_up", "error", "too old"),
                        Map.of("state", "waiting", "error", "HTTP status 500"));
    }

    @Test
    void purgesDeliveriesAfterRetention() {
        waiting("a", 3, "now()");
        List<WebhookDelivery> acquired = await(deliveries.acquireDue(10, 4, Map.of(), HOLD));
        await(deliveries.markDelivered(acquired.get(0)));
        await(deliveries.markDelivered(acquired.get(1)));
        database.execute("UPDATE sluice.webhook_delivery SET ended_at = now() - interval '8 d' WHERE id = '"
                + acquired.get(0).id() + "'");

        await(deliveries.purgeEnded(Duration.ofDays(7)));

        assertThat(state()).containsExactlyInAnyOrder("delivered", "waiting");
    }

    private List<String> state() {
        return database.query("SELECT state FROM sluice.webhook_delivery").stream()
                .map(row -> row.get("state"))
                .toList();
    }

    private void waiting(String origin, int count, String due) {
        database.execute("INSERT INTO sluice.webhook_delivery (id, job_id, event, url, origin, payload, due_at)"
                + " SELECT gen_random_uuid(), '7', 'job.failed', 'https://' || n, '" + origin
                + "', '{\"job_id\":\"7\"}', " + due + " FROM generate_series(1, " + count + ") AS n");
    }
}
