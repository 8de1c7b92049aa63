package dev.sluice.faults;

import dev.sluice.faults.FailoverTimer.How;
import dev.sluice.faults.FailoverTimer.Regained;
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

/** What a run of the bench did and saw, for a person. */
final class FaultReport {
    private final List<String> lines = new ArrayList<>();

    void line(String format, Object... values) {
        lines.add(String.format(Locale.ROOT, format, values));
    }

    /** Each kind of fault with how often it happened, and apart from that how often it found nothing to happen to. */
    void faults(List<Injected> injected) {
        line("faults: %d", injected.stream().filter(Injected::hit).count());
        Map<String, List<Injected>> byName =
                injected.stream().collect(Collectors.groupingBy(Injected::name, TreeMap::new, Collectors.toList()));
        byName.forEach((name, happened) -> {
            long hits = happened.stream().filter(Injected::hit).count();
            long nothing = happened.size() - hits;
            line("  %-36s %4d%s", name, hits, nothing == 0 ? "" : ", and " + nothing + " that met nothing");
        });
        injected.stream()
                .filter(fault -> fault.failure().isPresent())
                .forEach(fault -> line(
                        "  FAILED: %s on '%s': %s",
                        fault.name(), fault.on(), fault.failure().orElse("")));
    }

    /** How long runs stood still, with and without a service being away as well. */
    void redispatch(FailoverTimer measured, List<Injected> injected) {
        for (How how : How.values()) {
            Predicate<Regained> alone = again -> injected.stream()
                    .filter(fault -> List.of(Target.RABBITMQ, Target.POSTGRES, Target.STORE)
                            .contains(fault.target()))
                    .noneMatch(fault -> fault.from().isBefore(again.at())
                            && fault.to().isAfter(again.loss().at()));
            String name = how.name().toLowerCase(Locale.ROOT);
            times("runs of a " + name + " worker claimed again", measured, how, again -> true);
            times("  of these, no service away meanwhile", measured, how, alone);
            line(
                    "  ended by their own worker after all: %d, never claimed again: %d",
                    measured.endedItself().stream()
                            .filter(loss -> loss.how() == how)
                            .count(),
                    measured.stillOpen().stream()
                            .filter(loss -> loss.how() == how)
                            .count());
        }
    }

    private void times(String name, FailoverTimer measured, How how, Predicate<Regained> which) {
        List<Duration> times = measured.regained().stream()
                .filter(again -> again.loss().how() == how)
                .filter(which)
                .map(Regained::after)
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
