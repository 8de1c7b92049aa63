package dev.sluice.app;

import dev.sluice.config.SluiceConfig;
import dev.sluice.config.source.LoadedConfig;
import dev.sluice.job.StageName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a changed configuration needs.
 *
 * @param verticles to be redeployed
 * @param restart changed sections that take effect at the next start of the process
 */
public record RedeploymentPlan(Set<String> verticles, Set<String> restart) {
    private static final List<String> STAGES =
            Stream.of(StageName.values()).map(StageName::key).toList();
    private static final List<String> CONSUMERS = with(STAGES, Pipeline.REQUESTS);
    private static final List<String> BACKEND =
            List.of(BackendServices.UPDATES, BackendServices.WEBHOOKS, BackendServices.SCHEDULER, BackendServices.API);

    /** Users of the object store and of what is stored in it. */
    private static final List<String> STORE = with(CONSUMERS, Pipeline.CLEANUP, BackendServices.API);

    /** The verticles that use a section. A section that is not listed is used by what the process opens at its start. */
    private static final Map<String, List<String>> USERS = Map.ofEntries(
            Map.entry(
                    "rabbitmq",
                    with(
                            CONSUMERS,
                            Pipeline.PUBLISHER,
                            Pipeline.RECOVERY,
                            BackendServices.UPDATES,
                            BackendServices.API)),
            Map.entry("s3", STORE),
            Map.entry("keys", STORE),
            Map.entry("media", STORE),
            Map.entry("profiles", STORE),
            Map.entry("ffmpeg", CONSUMERS),
            Map.entry("delivery", with(CONSUMERS, Pipeline.RECOVERY)),
            Map.entry("updates", List.of(Pipeline.PUBLISHER, Pipeline.RECOVERY, BackendServices.WEBHOOKS)),
            Map.entry("backend", BACKEND),
            Map.entry("requests", List.of(Pipeline.REQUESTS)),
            Map.entry("monitoring", List.of(Pipeline.MONITORING)));

    /** Read when the process stops. */
    private static final String SHUTDOWN = "shutdown";

    public RedeploymentPlan {
        verticles = Set.copyOf(verticles);
        restart = Set.copyOf(restart);
    }

    /** Compares two configurations. */
    public static RedeploymentPlan of(LoadedConfig before, LoadedConfig after) {
        Set<String> verticles = new TreeSet<>();
        Set<String> restart = new TreeSet<>();
        for (String section : before.changedSections(after)) {
            List<String> users = usersOf(section);
            verticles.addAll(users);
            if (users.isEmpty() && !section.equals(SHUTDOWN)) {
                restart.add(section);
            }
        }
        if (!isEither(before, after, config -> config.consumers().requests().enabled())) {
            verticles.remove(Pipeline.REQUESTS);
        }
        if (!isEither(before, after, config -> config.backend().enabled())) {
            BACKEND.forEach(verticles::remove);
        }
        return new RedeploymentPlan(verticles, restart);
    }

    private static boolean isEither(LoadedConfig before, LoadedConfig after, Predicate<SluiceConfig> condition) {
        return condition.test(before.config()) || condition.test(after.config());
    }

    private static List<String> usersOf(String section) {
        return STAGES.stream()
                .filter(stage -> section.equals("stages." + stage))
                .findFirst()
                // Requests may run all stages with their retries, and as many at a time as processing.
                .map(stage -> List.of(stage, Pipeline.REQUESTS))
                .orElseGet(() -> USERS.getOrDefault(section, List.of()));
    }

    private static List<String> with(List<String> some, String... others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(List.of(others));
        return List.copyOf(all);
    }
}
