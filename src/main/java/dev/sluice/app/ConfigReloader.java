package dev.sluice.app;

import dev.sluice.common.text.TextSanitizer;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.source.ConfigSource;
import dev.sluice.config.source.LoadedConfig;
import dev.sluice.config.value.InvalidConfigException;
import dev.sluice.job.StageName;
import dev.sluice.persistence.worker.ConfigStatus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redeploys verticles with the configuration file as it is now. A change is validated as a whole, and redeploys the verticles that use
 * the changed sections; an invalid file is reported and changes nothing. Operations run one after the other. Threads: any.
 */
final class ConfigReloader {
    /** Time for runs to finish before a changed file requeues them. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ConfigReloader.class);

    private final Vertx vertx;
    private final VerticleDeployer deployer;
    private final Optional<ConfigSource> source;
    private final LoadedConfig started;
    private final Set<StageName> scaled = EnumSet.noneOf(StageName.class);
    private volatile Services services;
    private volatile LoadedConfig loaded;
    private volatile Optional<String> error = Optional.empty();
    /** The content of the file that was applied or rejected last. */
    private volatile Optional<JsonObject> handled;

    private volatile Optional<JsonObject> pending = Optional.empty();
    private Future<Void> last = Future.succeededFuture();

    /** @param source empty: the configuration does not come from a file */
    ConfigReloader(
            Vertx vertx,
            VerticleDeployer deployer,
            Services services,
            Optional<ConfigSource> source,
            LoadedConfig started) {
        this.vertx = vertx;
        this.deployer = deployer;
        this.services = services;
        this.source = source;
        this.started = started;
        this.handled = Optional.of(started.json());
        this.loaded = started;
    }

    /** The services with the configuration in force. */
    Services services() {
        return services;
    }

    ConfigStatus status() {
        return new ConfigStatus(loaded.digest(), loaded.loadedAt(), error);
    }

    /** Applies the file if it has changed; returns the names of the redeployed verticles. Fails if the file is invalid. */
    Future<Set<String>> reload() {
        return serialized(() -> load().compose(newer -> apply(newer, List.of(), DRAIN)));
    }

    /** Applies a changed file as soon as two polls have read the same. Never fails. */
    Future<Void> poll() {
        return source.map(file -> vertx.executeBlocking(file::read, false)
                        .onFailure(cause -> {
                            handled = Optional.empty();
                            report(cause);
                        })
                        .compose(this::onRead)
                        .otherwiseEmpty())
                .orElseGet(Future::succeededFuture);
    }

    private Future<Void> onRead(JsonObject json) {
        Optional<JsonObject> read = Optional.of(json);
        if (read.equals(handled)) {
            return Future.succeededFuture();
        }
        if (!read.equals(pending)) {
            pending = read;
            return Future.succeededFuture();
        }
        handled = read;
        return reload().mapEmpty();
    }

    /**
     * Redeploys these verticles, and those that use a changed section, with the file as it is now; returns all their names.
     *
     * @param drain time for runs to finish; the others are requeued
     */
    Future<Set<String>> redeploy(Collection<String> verticles, Duration drain) {
        deployer.requireKnown(verticles);
        return serialized(() -> load().compose(newer -> apply(newer, verticles, drain)));
    }

    /** Redeploys a stage with changed settings, until the process ends or the file changes. */
    Future<Set<String>> scale(StageName stage, UnaryOperator<SluiceConfig> change, Duration drain) {
        return serialized(() -> {
            scaled.add(stage);
            return redeploy(loaded.with(change.apply(loaded.config())), true, Set.of(stage.key()), drain);
        });
    }

    private Future<LoadedConfig> load() {
        return source.map(file -> vertx.executeBlocking(file::load, false).onFailure(this::report))
                .orElseGet(() -> Future.succeededFuture(loaded));
    }

    private void report(Throwable cause) {
        boolean isInvalid = cause instanceof InvalidConfigException;
        String reason = TextSanitizer.singleLine(
                cause instanceof InvalidConfigException invalid
                        ? String.join("; ", invalid.errors())
                        : String.valueOf(cause.getMessage()));
        if (!error.equals(Optional.of(reason))) {
            LOG.atError()
                    .addKeyValue("error", reason)
                    .log(isInvalid ? "configuration file is invalid; nothing changed" : "redeployment failed");
        }
        error = Optional.of(reason);
    }

    private Future<Set<String>> apply(LoadedConfig newer, Collection<String> verticles, Duration drain) {
        RedeploymentPlan plan = RedeploymentPlan.of(loaded, newer);
        Set<String> all = new TreeSet<>(plan.verticles());
        all.addAll(verticles);
        boolean isChanged = !loaded.digest().equals(newer.digest());
        if (isChanged) {
            scaled.forEach(stage -> all.add(stage.key()));
            scaled.clear();
        }
        reportRestart(RedeploymentPlan.of(started, newer).restart(), isChanged);
        return redeploy(
                isChanged ? newer.with(newer.config().keepingUntilRestart(started.config())) : loaded,
                isChanged,
                all,
                drain);
    }

    private void reportRestart(Set<String> sections, boolean isChanged) {
        error = sections.isEmpty()
                ? Optional.empty()
                : Optional.of("takes effect at the next start: " + String.join(", ", new TreeSet<>(sections)));
        if (isChanged) {
            error.ifPresent(
                    needed -> LOG.atWarn().addKeyValue("sections", sections).log("restart needed"));
        }
    }

    /** @param isChanged whether {@code newer} differs from the configuration in force */
    private Future<Set<String>> redeploy(LoadedConfig newer, boolean isChanged, Set<String> verticles, Duration drain) {
        Services replaced = services;
        Future<Services> changed = isChanged ? replaced.with(vertx, newer.config()) : Future.succeededFuture(replaced);
        return changed.compose(current -> {
                    loaded = newer;
                    services = current;
                    deployer.setVerticles(new Pipeline(current).deployments());
                    return deployer.redeployAll(verticles, drain)
                            .eventually(() -> replaced.closeReplaced(current))
                            .map(verticles);
                })
                .onSuccess(redeployed -> {
                    if (isChanged) {
                        LOG.atInfo()
                                .addKeyValue("digest", newer.digest())
                                .addKeyValue("verticles", redeployed)
                                .log("configuration changed");
                    }
                })
                .onFailure(this::report);
    }

    private synchronized <T> Future<T> serialized(Supplier<Future<T>> operation) {
        Future<T> next = last.compose(before -> operation.get());
        last = next.transform(ended -> Future.succeededFuture());
        return next;
    }
}
