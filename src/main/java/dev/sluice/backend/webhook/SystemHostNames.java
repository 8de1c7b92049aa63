package dev.sluice.backend.webhook;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.util.List;

/** Asks the operating system, which may take its time, on threads of their own. */
final class SystemHostNames implements HostNames {
    private final WorkerExecutor workers;

    SystemHostNames(WorkerExecutor workers) {
        this.workers = workers;
    }

    @Override
    public Future<List<InetAddress>> addresses(String name) {
        return workers.executeBlocking(() -> List.of(InetAddress.getAllByName(name)), false);
    }
}
