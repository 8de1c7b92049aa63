package dev.sluice.persistence.webhook;

import dev.sluice.config.WebhooksConfig;
import dev.sluice.job.JobId;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.ReceivedUpdate;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.webhook.WebhookEvent;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Enqueues webhook deliveries in the transaction that ends a job, and stores webhooks of single jobs. */
public final class WebhookSubscriptions {
    // The ID is derived from the content: a duplicate update inserts nothing.
    private static final String ENQUEUE = """
            INSERT INTO sluice.webhook_delivery (id, job_id, event, url, origin, owner, payload)
            SELECT left(encode(sha256(convert_to(concat_ws(chr(10), $1::text, $2::text, $3::text, url), 'UTF8')), 'hex'),
                        32)::uuid,
                   $1::text, $2::text, url, origin, owner, $4::json
              FROM (SELECT url, origin, NULL AS owner FROM unnest($5::text[], $6::text[]) AS configured (url, origin)
                     UNION ALL
                    SELECT url, origin, owner FROM sluice.job_webhook
                     WHERE job_id = $1::text AND url <> ALL ($5::text[])) AS receiver
            ON CONFLICT (id) DO NOTHING
            """;
    // The number of webhooks of a job is limited.
    private static final String SUBSCRIBE = """
            INSERT INTO sluice.job_webhook (job_id, url, origin, owner)
            SELECT $1::text, $2::text, $3::text, $4::text
             WHERE (SELECT count(*) FROM sluice.job_webhook WHERE job_id = $1::text) < 10
            ON CONFLICT DO NOTHING
            """;
    private static final List<String> FIELDS = List.of(
            "job_id",
            "media_id",
            "status",
            "progress",
            "current_step",
            "thumbnails",
            "video_versions",
            "metadata",
            "error_code",
            "error_message",
            "warnings",
            "cost",
            "timestamp");

    private final WebhooksConfig config;

    public WebhookSubscriptions(WebhooksConfig config) {
        this.config = config;
    }

    /** Enqueues the deliveries of a final update; a duplicate update enqueues none. */
    public Future<Void> enqueueDeliveries(SqlSession session, ReceivedUpdate update) {
        if (!config.enabled() || update.status() == JobUpdate.Status.PROCESSING) {
            return Future.succeededFuture();
        }
        WebhookEvent event =
                update.status() == JobUpdate.Status.COMPLETED ? WebhookEvent.COMPLETED : WebhookEvent.FAILED;
        List<WebhookUrl> urls = config.receivers().stream()
                .filter(receiver -> receiver.events().contains(event))
                .map(WebhooksConfig.Receiver::url)
                .toList();
        return session.execute(
                        ENQUEUE,
                        update.job().value(),
                        event.wire(),
                        String.valueOf(update.sequence()),
                        payload(update.rawMessage()),
                        urls.stream().map(WebhookUrl::value).toArray(String[]::new),
                        urls.stream().map(WebhookUrl::origin).toArray(String[]::new))
                .mapEmpty();
    }

    /**
     * Adds a webhook for the result of one job; a job has at most ten.
     *
     * @param owner the user who names the receiver
     */
    public static Future<Void> subscribe(SqlSession session, JobId job, WebhookUrl url, String owner) {
        return session.execute(SUBSCRIBE, job.value(), url.value(), url.origin(), owner)
                .mapEmpty();
    }

    private static JsonObject payload(JsonObject message) {
        JsonObject payload = new JsonObject();
        FIELDS.stream()
                .filter(field -> message.getValue(field) != null)
                .forEach(field -> payload.put(field, message.getValue(field)));
        return payload;
    }
}
