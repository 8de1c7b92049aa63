package dev.sluice.cli.fleet;

import dev.sluice.common.text.TerminalEscaper;
import dev.sluice.persistence.worker.RegisteredWorker;
import dev.sluice.persistence.worker.VerticleStatus;
import dev.sluice.persistence.worker.WorkerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats workers for a terminal. */
final class WorkerFormatter {
    private static final String VERTICLE = "  %-12s %-9s %9s %12s %7s";

    private WorkerFormatter() {}

    /** Lines for each worker: itself, a problem of its configuration, its verticles. */
    static List<String> format(List<RegisteredWorker> workers) {
        List<String> lines = new ArrayList<>();
        for (RegisteredWorker worker : workers) {
            WorkerStatus status = worker.status();
            lines.add(TerminalEscaper.escape(status.worker()) + "  " + state(worker) + ", version "
                    + TerminalEscaper.escape(status.version()) + ", up " + text(worker.uptime()) + ", seen "
                    + text(worker.sinceSeen()) + " ago");
            lines.add(
                    "  configuration " + TerminalEscaper.escape(status.config().digest()) + ", loaded "
                            + status.config().loadedAt()
                            + status.config()
                                    .error()
                                    .map(error -> "; " + TerminalEscaper.escape(error))
                                    .orElse(""));
            lines.add(VERTICLE.formatted("verticle", "state", "instances", "concurrency", "in use"));
            for (VerticleStatus verticle : status.verticles()) {
                lines.add(line(verticle));
                verticle.problem().ifPresent(problem -> lines.add("    " + TerminalEscaper.escape(problem)));
            }
        }
        if (workers.isEmpty()) {
            lines.add("No worker is running.");
        }
        return lines;
    }

    private static String line(VerticleStatus verticle) {
        boolean consumes = verticle.concurrency() > 0;
        return VERTICLE.formatted(
                        TerminalEscaper.escape(verticle.name()),
                        verticle.state().name().toLowerCase(Locale.ROOT),
                        verticle.instances(),
                        consumes ? verticle.concurrency() : "",
                        consumes ? verticle.inUse() : "")
                .stripTrailing();
    }

    private static String state(RegisteredWorker worker) {
        if (worker.lost()) {
            return "lost";
        }
        return worker.status().draining() ? "draining" : "running";
    }

    private static String text(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : duration.toSeconds() + " s";
    }
}
