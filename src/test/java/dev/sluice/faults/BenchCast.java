package dev.sluice.faults;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;

/**
 * Who takes part in a run.
 *
 * @param settings laid over the configuration of every worker
 * @param classesFirst class files that go before those of the jar
 * @param rabbitSettings lines of rabbitmq.conf
 */
record BenchCast(int workers, JsonObject settings, List<Path> classesFirst, List<String> rabbitSettings) {
    static BenchCast of(int workers) {
        return new BenchCast(workers, new JsonObject(), List.of(), List.of());
    }

    BenchCast with(JsonObject more) {
        return new BenchCast(workers, settings.copy().mergeIn(more, true), classesFirst, rabbitSettings);
    }

    BenchCast withClassesFirst(Path classes) {
        return new BenchCast(workers, settings, List.of(classes), rabbitSettings);
    }

    BenchCast withRabbit(String... lines) {
        return new BenchCast(workers, settings, classesFirst, List.of(lines));
    }
}
