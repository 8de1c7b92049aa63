package dev.sluice.cli.fleet;

import dev.sluice.persistence.worker.RegisteredWorker;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the workers that a command is for: exactly one of them. */
final class WorkerSelector implements Predicate<RegisteredWorker> {
    @Option(names = "--worker", paramLabel = "W", description = "the worker of this name, as in sluice workers")
    private @Nullable String worker;

    @Option(names = "--host", paramLabel = "H", description = "all workers of this host")
    private @Nullable String host;

    @Option(names = "--all", description = "all workers, one after the other")
    private boolean all;

    @Override
    public boolean test(RegisteredWorker candidate) {
        return all
                || candidate.status().worker().equals(worker)
                || candidate.status().host().equals(host);
    }
}
