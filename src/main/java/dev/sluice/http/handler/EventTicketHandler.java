package dev.sluice.http.handler;

import dev.sluice.backend.update.EventTicketService;
import dev.sluice.persistence.ticket.EventTicket;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** Issues tickets for event streams. */
public final class EventTicketHandler {
    private final EventTicketService tickets;

    public EventTicketHandler(EventTicketService tickets) {
        this.tickets = tickets;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of("createEventTicket", this::create);
    }

    private Future<JsonObject> create(ApiRequest call) {
        return tickets.issue(
                        new EventTicket(call.caller().subject(), call.caller().admin(), call.tokenExpiry()))
                .map(ticket ->
                        new JsonObject().put("ticket", ticket).put("expires_in", EventTicketService.TTL.toSeconds()));
    }
}
