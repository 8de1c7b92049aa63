package dev.sluice.endtoend;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A TCP proxy to a service that a test can interrupt and restore; its port stays the same. */
public final class InterruptibleProxy {
    private final Vertx vertx;
    private final URI behind;
    private final NetClient client;
    private final int port;
    private Optional<NetServer> server = Optional.empty();

    private InterruptibleProxy(Vertx vertx, URI behind, int port) throws TimeoutException {
        this.vertx = vertx;
        this.behind = behind;
        this.client = vertx.createNetClient();
        this.port = listen(port);
    }

    static InterruptibleProxy to(Vertx vertx, URI service) throws TimeoutException {
        return new InterruptibleProxy(vertx, service, 0);
    }

    /** Listens on a port below the ephemeral range, so that no other process takes it during an interruption. */
    public static InterruptibleProxy to(Vertx vertx, URI service, int port) throws TimeoutException {
        return new InterruptibleProxy(vertx, service, port);
    }

    public URI address() {
        return URI.create(behind.getScheme() + "://127.0.0.1:" + port);
    }

    /** Closes all connections and refuses new ones. */
    public void cut() throws TimeoutException {
        if (server.isPresent()) {
            server.get().close().await(10, TimeUnit.SECONDS);
            server = Optional.empty();
        }
    }

    public void mend() throws TimeoutException {
        if (server.isEmpty()) {
            listen(port);
        }
    }

    private int listen(int wanted) throws TimeoutException {
        NetServer listening = vertx.createNetServer().connectHandler(this::connect);
        server = Optional.of(listening);
        return listening.listen(wanted, "127.0.0.1").await(10, TimeUnit.SECONDS).actualPort();
    }

    private void connect(NetSocket near) {
        near.pause();
        client.connect(behind.getPort(), behind.getHost())
                .onSuccess(far -> join(near, far))
                .onFailure(refused -> near.close());
    }

    private static void join(NetSocket near, NetSocket far) {
        near.closeHandler(closed -> far.close());
        far.closeHandler(closed -> near.close());
        far.pipeTo(near);
        near.pipeTo(far);
        near.resume();
    }
}
