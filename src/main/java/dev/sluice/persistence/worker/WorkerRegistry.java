package dev.sluice.persistence.worker;

import dev.sluice.persistence.db.Database;

/** The tables that workers share. */
public record WorkerRegistry(
        WorkerRepository workers,
        CommandRepository commands,
        PausedStageRepository pausedStages,
        EncodeSpeedRepository encodeSpeeds) {
    public static WorkerRegistry of(Database database) {
        return new WorkerRegistry(
                new WorkerRepository(database),
                new CommandRepository(database),
                new PausedStageRepository(database),
                new EncodeSpeedRepository(database));
    }
}
