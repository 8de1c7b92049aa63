package dev.sluice.http.handler;

import dev.sluice.backend.job.JobWebhookResolver;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The secret that signs the webhooks of the caller. */
public final class WebhookSecretHandler {
    private final JobWebhookResolver webhookResolver;

    public WebhookSecretHandler(JobWebhookResolver webhookResolver) {
        this.webhookResolver = webhookResolver;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of("getWebhookSecret", this::get);
    }

    private Future<JsonObject> get(ApiRequest call) {
        return Future.succeededFuture(new JsonObject()
                .put("secret", webhookResolver.secretOf(call.caller()).reveal()));
    }
}
