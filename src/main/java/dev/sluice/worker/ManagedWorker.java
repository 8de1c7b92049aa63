package dev.sluice.worker;

import dev.sluice.persistence.worker.WorkerCommand;
import dev.sluice.persistence.worker.WorkerStatus;
import io.vertx.core.Future;
import java.util.Set;

/** The running process, as far as commands reach it. Threads: any. */
public interface ManagedWorker {
    WorkerStatus status();

    /** Executes a command; returns the message for the operator, or fails with it. */
    Future<String> execute(WorkerCommand command);

    /** Pauses these stages and resumes the others. */
    Future<Void> setPausedStages(Set<String> stages);

    /** Applies the configuration file if it has changed. Never fails. */
    Future<Void> pollConfig();

    /** Ends the process in an orderly way; returns at once. */
    void exit();
}
