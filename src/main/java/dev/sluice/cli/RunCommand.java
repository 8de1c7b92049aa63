package dev.sluice.cli;

import dev.sluice.app.ClusterSecret;
import dev.sluice.app.SluiceVerticle;
import dev.sluice.app.Version;
import dev.sluice.cluster.EventBusCluster;
import dev.sluice.common.text.JsonLog;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.source.ConfigSource;
import dev.sluice.config.source.LoadedConfig;
import dev.sluice.monitoring.ProcessMetrics;
import dev.sluice.tracing.ProcessTracing;
import io.vertx.core.Deployable;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplication;
import io.vertx.launcher.application.VertxApplicationHooks;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs the pipeline until SIGTERM. */
@Command(name = RunCommand.NAME, description = "Run the pipeline until SIGTERM (default command).")
public final class RunCommand implements Callable<Integer> {
    public static final String NAME = "run";

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private VertxArguments vertx = new VertxArguments();

    @Override
    public Integer call() {
        ConfigSource source = config.source(vertx.in(listen.in(System.getenv())));
        LoadedConfig current = source.load();
        SluiceConfig loaded = current.config();
        vertx.requireUsable(
                Objects.requireNonNull(spec).commandLine(), loaded.cluster().enabled());
        if (loaded.logging().format() == SluiceConfig.LogFormat.JSON) {
            JsonLog.enable();
        }
        ProcessMetrics metrics = new ProcessMetrics();
        ProcessTracing tracing = ProcessTracing.of(System.getenv(), Version.current());
        SluiceVerticle sluice = new SluiceVerticle(current, Optional.of(source), metrics, tracing);
        HangupSignal.onSignal(sluice::reload);
        LoggerFactory.getLogger(RunCommand.class)
                .atInfo()
                .addKeyValue("version", Version.current())
                .log("starting");
        boolean clustered = loaded.cluster().enabled();
        Hooks hooks = new Hooks(
                sluice,
                clustered ? Optional.of(cluster(loaded)) : Optional.empty(),
                loaded.monitoring().enabled() ? Optional.of(metrics) : Optional.empty(),
                tracing);
        int launched = new VertxApplication(vertx.forLauncher(clustered), hooks).launch();
        sluice.whenReady().await();
        return launched;
    }

    private static EventBusCluster cluster(SluiceConfig config) {
        EventBusCluster cluster = EventBusCluster.of(config.cluster(), config.postgres(), ClusterSecret.of(config));
        cluster.requirePortAvailable();
        return cluster;
    }

    /** Deploys the pipeline instead of a verticle from the command line. */
    private record Hooks(
            SluiceVerticle sluice,
            Optional<EventBusCluster> cluster,
            Optional<ProcessMetrics> metrics,
            ProcessTracing tracing)
            implements VertxApplicationHooks {
        @Override
        public VertxBuilder createVertxBuilder(VertxOptions options) {
            return tracing.instrument(metrics.map(measured -> measured.instrument(options, this::builder))
                    .orElseGet(() -> builder(options)));
        }

        private VertxBuilder builder(VertxOptions options) {
            return cluster.map(member -> member.vertxBuilder(options))
                    .orElseGet(() -> VertxApplicationHooks.super.createVertxBuilder(options));
        }

        @Override
        public Supplier<? extends Deployable> verticleSupplier() {
            return () -> sluice;
        }

        @Override
        public void beforeStoppingVertx(HookContext context) {
            sluice.stopBlocking();
        }
    }
}
