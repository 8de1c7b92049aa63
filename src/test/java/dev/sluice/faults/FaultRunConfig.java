package dev.sluice.faults;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Who takes part in a run.
 *
 * @param disk what the workers have between their stages
 * @param settings laid over the configuration of every worker
 * @param classesFirst class files that go before those of the jar
 * @param rabbitSettings lines of rabbitmq.conf
 * @param diskMiB what fits on the disk of them all
 */
record FaultRunConfig(
        int workers,
        Disk disk,
        JsonObject settings,
        List<Path> classesFirst,
        List<String> rabbitSettings,
        int diskMiB) {
    private static final int SMALL = 192;

    /** What the workers have between their stages. */
    enum Disk {
        /** One directory for all. */
        SHARED,
        /** A directory each, and the store between them. */
        OWN;

        /** What they have unless {@code -Dfaults.disk} says otherwise. */
        static Disk chosen() {
            return valueOf(System.getProperty("faults.disk", SHARED.name()).toUpperCase(Locale.ROOT));
        }
    }

    static FaultRunConfig of(int workers) {
        return new FaultRunConfig(workers, Disk.SHARED, new JsonObject(), List.of(), List.of(), SMALL);
    }

    FaultRunConfig on(Disk other) {
        return new FaultRunConfig(workers, other, settings, classesFirst, rabbitSettings, diskMiB);
    }

    /** Where a worker keeps its files, below the run's workspace, and what it is told of it. */
    JsonObject workspace(Path root, String worker) {
        return switch (disk) {
            case SHARED -> new JsonObject().put("directory", root.resolve("all").toString());
            case OWN ->
                new JsonObject()
                        .put("directory", root.resolve(worker).toString())
                        .put("mode", "object-store");
        };
    }

    /** Workers that are the user's backend as well, if {@code -Dfaults.backend=true} says so. */
    FaultRunConfig withBackendIfChosen() {
        return Boolean.getBoolean("faults.backend")
                ? with(new JsonObject()
                        .put(
                                "backend",
                                new JsonObject()
                                        .put("enabled", true)
                                        .put("host", "127.0.0.1")
                                        .put("port", 0)
                                        .put("auth", "none")))
                : this;
    }

    /** Where the updates of a run are read: beside the queue of the contract where the workers are its readers. */
    String updatesQueue() {
        return hasBackend() ? ContractNames.COPIES : ContractNames.UPDATES;
    }

    /** What has to be empty when all jobs have ended. */
    List<String> workersQueues() {
        return hasBackend()
                ? Stream.concat(ContractNames.STAGES.stream(), Stream.of(ContractNames.UPDATES))
                        .toList()
                : ContractNames.STAGES;
    }

    private boolean hasBackend() {
        return settings.containsKey("backend");
    }

    FaultRunConfig with(JsonObject more) {
        return new FaultRunConfig(
                workers, disk, settings.copy().mergeIn(more, true), classesFirst, rabbitSettings, diskMiB);
    }

    FaultRunConfig withClassesFirst(Path classes) {
        return new FaultRunConfig(workers, disk, settings, List.of(classes), rabbitSettings, diskMiB);
    }

    FaultRunConfig withRabbit(String... lines) {
        return new FaultRunConfig(workers, disk, settings, classesFirst, List.of(lines), diskMiB);
    }

    FaultRunConfig withDisk(int mebibytes) {
        return new FaultRunConfig(workers, disk, settings, classesFirst, rabbitSettings, mebibytes);
    }
}
