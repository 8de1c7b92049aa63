package dev.sluice.faults;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Workers and services of a run.
 *
 * @param disk where the workers keep artifacts between stages
 * @param settings merged into the configuration of every worker
 * @param classesFirst class directories before the jar on the class path
 * @param rabbitSettings lines of rabbitmq.conf
 * @param diskMiB size of the disk that all workers share
 */
record FaultRunConfig(
        int workers,
        Disk disk,
        JsonObject settings,
        List<Path> classesFirst,
        List<String> rabbitSettings,
        int diskMiB) {
    private static final int SMALL = 192;

    /** Where the workers keep artifacts between stages. */
    enum Disk {
        /** In one directory for all workers. */
        SHARED,
        /** In the object store; each worker has its own directory. */
        OWN;

        /** The value of {@code -Dfaults.disk}; by default {@code SHARED}. */
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

    /** Section {@code workspace} of a worker, below the directory of the run. */
    JsonObject workspace(Path root, String worker) {
        return switch (disk) {
            case SHARED -> new JsonObject().put("directory", root.resolve("all").toString());
            case OWN ->
                new JsonObject()
                        .put("directory", root.resolve(worker).toString())
                        .put("mode", "object-store");
        };
    }

    /** Enables the backend in the workers with {@code -Dfaults.backend=true}. */
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

    /** The queue from which updates are recorded; a copy if the workers consume the queue of the contract. */
    String updatesQueue() {
        return hasBackend() ? ContractNames.COPIES : ContractNames.UPDATES;
    }

    /** Queues that must be empty when all jobs have ended. */
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
