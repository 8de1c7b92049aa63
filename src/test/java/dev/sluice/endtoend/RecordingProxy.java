package dev.sluice.endtoend;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** A TCP proxy to a port of the loopback address that keeps all bytes of both directions. */
final class RecordingProxy {
    private final NetClient client;
    private final int target;
    private final Queue<Buffer> recorded = new ConcurrentLinkedQueue<>();

    private RecordingProxy(Vertx vertx, int target) {
        this.client = vertx.createNetClient();
        this.target = target;
    }

    static RecordingProxy start(Vertx vertx, String host, int port, int target) throws TimeoutException {
        RecordingProxy proxy = new RecordingProxy(vertx, target);
        PipelineFixture.get(
                vertx.createNetServer().connectHandler(proxy::connect).listen(port, host));
        return proxy;
    }

    /** All bytes, one character each. */
    String recorded() {
        return recorded.stream()
                .map(bytes -> bytes.toString(StandardCharsets.ISO_8859_1))
                .collect(Collectors.joining());
    }

    private void connect(NetSocket near) {
        near.pause();
        client.connect(target, "127.0.0.1")
                .onSuccess(far -> {
                    near.closeHandler(closed -> far.close());
                    far.closeHandler(closed -> near.close());
                    near.handler(bytes -> forward(bytes, far));
                    far.handler(bytes -> forward(bytes, near));
                    near.resume();
                })
                .onFailure(refused -> near.close());
    }

    private void forward(Buffer bytes, NetSocket to) {
        recorded.add(bytes);
        to.write(bytes).onFailure(closed -> to.close());
    }
}
