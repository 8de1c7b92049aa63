package dev.sluice.persistence;

import dev.sluice.common.async.Await;
import dev.sluice.config.PostgresConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A TCP proxy to a database that loses the response to a statement, or drops all traffic without closing the connections.
 */
public final class InterruptedConnection {
    private static final String NOTHING = "\0nothing";

    private final PostgresConfig behind;
    private final NetClient client;
    private final NetServer server;
    private final AtomicReference<String> cutAt = new AtomicReference<>(NOTHING);

    private final AtomicBoolean hanging = new AtomicBoolean();
    private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();

    private InterruptedConnection(Vertx vertx, PostgresConfig behind) {
        this.behind = behind;
        this.client = vertx.createNetClient();
        this.server = vertx.createNetServer().connectHandler(this::connect);
    }

    public static InterruptedConnection before(Vertx vertx, PostgresConfig behind) {
        InterruptedConnection cut = new InterruptedConnection(vertx, behind);
        Await.await(cut.server.listen(0, "127.0.0.1"));
        return cut;
    }

    /** Configuration of a connection through the proxy. */
    public PostgresConfig config() {
        URI uri = URI.create(behind.uri());
        return new PostgresConfig(
                "postgresql://127.0.0.1:" + server.actualPort() + uri.getPath(),
                behind.sslMode(),
                behind.caFile(),
                behind.user(),
                behind.password(),
                behind.poolSize(),
                behind.jobTable(),
                behind.mediaTable(),
                behind.mediaOwnerColumn());
    }

    /** Closes the connection instead of forwarding the response to the next {@code statement}. */
    public void loseTheNextAnswerTo(String statement) {
        cutAt.set(statement);
    }

    /** Drops the traffic of existing connections, as a router that lost their state; new connections work. */
    public void fallSilent() {
        open.forEach(socket -> socket.handler(lost -> {}));
    }

    /** Turns on or off that new connections are accepted but not served. */
    public void hang(boolean on) {
        hanging.set(on);
    }

    public Future<Void> close() {
        return server.close();
    }

    private void connect(NetSocket near) {
        near.pause();
        if (hanging.get()) {
            return;
        }
        URI uri = URI.create(behind.uri());
        client.connect(uri.getPort(), uri.getHost())
                .onSuccess(far -> join(near, far))
                .onFailure(refused -> near.close());
    }

    private void join(NetSocket near, NetSocket far) {
        open.addAll(List.of(near, far));
        far.handler(near::write);
        far.closeHandler(closed -> near.close());
        near.closeHandler(closed -> far.close());
        near.handler(sent -> {
            if (holds(sent, cutAt.get())) {
                cutAt.set(NOTHING);
                far.handler(answer -> near.close());
            }
            far.write(sent);
        });
        near.resume();
    }

    private static boolean holds(Buffer sent, String statement) {
        return sent.toString(StandardCharsets.ISO_8859_1).contains(statement);
    }
}
