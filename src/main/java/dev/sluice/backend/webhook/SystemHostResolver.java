package dev.sluice.backend.webhook;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.util.List;

/** Resolves with the operating system, which blocks, on dedicated threads. */
final class SystemHostResolver implements HostResolver {
    private final WorkerExecutor workers;

    SystemHostResolver(WorkerExecutor workers) {
        this.workers = workers;
    }

    @Override
    public Future<List<InetAddress>> resolve(String name) {
        return workers.executeBlocking(() -> List.of(InetAddress.getAllByName(name)), false);
    }
}
