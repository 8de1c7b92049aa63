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
record BenchCast(
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

    static BenchCast of(int workers) {
        return new BenchCast(workers, Disk.SHARED, new JsonObject(), List.of(), List.of(), SMALL);
    }

    BenchCast on(Disk other) {
        return new BenchCast(workers, other, settings, classesFirst, rabbitSettings, diskMiB);
    }

    /** Where a worker keeps its files, below the run's workspace, and what it is told of it. */
    JsonObject workspace(Path root, String worker) {
        return switch (disk) {
            case SHARED -> new JsonObject().put("directory", root.resolve("all").toString());
            case OWN ->
                new JsonObject()
                        .put("directory", root.resolve(worker).toString())
                        .put("mode", "store");
        };
    }

    /** Workers that are the user's backend as well, if {@code -Dfaults.backend=true} says so. */
    BenchCast withBackendIfChosen() {
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
        return hasBackend() ? Wire.COPIES : Wire.UPDATES;
    }

    /** What has to be empty when all jobs have ended. */
    List<String> workersQueues() {
        return hasBackend()
                ? Stream.concat(Wire.STAGES.stream(), Stream.of(Wire.UPDATES)).toList()
                : Wire.STAGES;
    }

    private boolean hasBackend() {
        return settings.containsKey("backend");
    }

    BenchCast with(JsonObject more) {
        return new BenchCast(workers, disk, settings.copy().mergeIn(more, true), classesFirst, rabbitSettings, diskMiB);
    }

    BenchCast withClassesFirst(Path classes) {
        return new BenchCast(workers, disk, settings, List.of(classes), rabbitSettings, diskMiB);
    }

    BenchCast withRabbit(String... lines) {
        return new BenchCast(workers, disk, settings, classesFirst, List.of(lines), diskMiB);
    }

    BenchCast withDisk(int mebibytes) {
        return new BenchCast(workers, disk, settings, classesFirst, rabbitSettings, mebibytes);
    }
}
