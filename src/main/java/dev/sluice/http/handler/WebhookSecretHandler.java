package dev.sluice.http.handler;

import dev.sluice.backend.job.JobOptionsResolver;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The secret that signs the webhooks of the caller. */
public final class WebhookSecretHandler {
    private final JobOptionsResolver optionsResolver;

    public WebhookSecretHandler(JobOptionsResolver optionsResolver) {
        this.optionsResolver = optionsResolver;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of("getWebhookSecret", this::get);
    }

    private Future<JsonObject> get(ApiRequest call) {
        return Future.succeededFuture(new JsonObject()
                .put("secret", optionsResolver.secretOf(call.caller()).reveal()));
    }
}
