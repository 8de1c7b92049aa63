package dev.sluice.faults;

import dev.sluice.faults.FailoverTimer.How;
import dev.sluice.faults.FailoverTimer.Reclaimed;
import dev.sluice.faults.Fault.Target;
import dev.sluice.faults.FaultSchedule.Injected;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Report of a run, for developers. */
final class FaultReport {
    private final List<String> lines = new ArrayList<>();

    void line(String format, Object... values) {
        lines.add(String.format(Locale.ROOT, format, values));
    }

    /** For each kind of fault, how often it took effect and how often it had no effect. */
    void faults(List<Injected> injected) {
        line("faults: %d", injected.stream().filter(Injected::hit).count());
        Map<String, List<Injected>> byName =
                injected.stream().collect(Collectors.groupingBy(Injected::name, TreeMap::new, Collectors.toList()));
        byName.forEach((name, happened) -> {
            long hits = happened.stream().filter(Injected::hit).count();
            long ineffective = happened.size() - hits;
            line("  %-36s %4d%s", name, hits, ineffective == 0 ? "" : ", and " + ineffective + " without effect");
        });
        injected.stream()
                .filter(fault -> fault.failure().isPresent())
                .forEach(fault -> line(
                        "  FAILED: %s on '%s': %s",
                        fault.name(), fault.on(), fault.failure().orElse("")));
    }

    /** How long interrupted runs waited for the next claim, with and without an outage of a service in between. */
    void failover(FailoverTimer measured, List<Injected> injected) {
        for (How how : How.values()) {
            Predicate<Reclaimed> alone = again -> injected.stream()
                    .filter(fault -> List.of(Target.RABBITMQ, Target.POSTGRES, Target.STORE)
                            .contains(fault.target()))
                    .noneMatch(fault -> fault.from().isBefore(again.at())
                            && fault.to().isAfter(again.loss().at()));
            String name = how.name().toLowerCase(Locale.ROOT);
            times("runs of a " + name + " worker reclaimed", measured, how, again -> true);
            times("  of these, without outage of a service", measured, how, alone);
            line(
                    "  settled by their own worker: %d, never reclaimed: %d",
                    measured.settledByOwner().stream()
                            .filter(loss -> loss.how() == how)
                            .count(),
                    measured.unclaimed().stream()
                            .filter(loss -> loss.how() == how)
                            .count());
        }
    }

    private void times(String name, FailoverTimer measured, How how, Predicate<Reclaimed> which) {
        List<Duration> times = measured.reclaimed().stream()
                .filter(again -> again.loss().how() == how)
                .filter(which)
                .map(Reclaimed::after)
                .sorted()
                .toList();
        line(
                "%-44s %4d%s",
                name,
                times.size(),
                times.isEmpty()
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", s: p50 %.1f p95 %.1f max %.1f",
                                at(times, 0.5),
                                at(times, 0.95),
                                at(times, 1)));
    }

    private static double at(List<Duration> sorted, double share) {
        int place = (int) Math.ceil(share * sorted.size()) - 1;
        return sorted.get(Math.max(0, place)).toMillis() / 1000.0;
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
