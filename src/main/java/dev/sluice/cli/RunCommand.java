package dev.sluice.cli;

import dev.sluice.app.SluiceVerticle;
import dev.sluice.app.Version;
import dev.sluice.cluster.HazelcastCluster;
import dev.sluice.config.ClusterConfig;
import dev.sluice.config.SluiceConfig;
import io.vertx.core.Deployable;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplication;
import io.vertx.launcher.application.VertxApplicationHooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Runs the pipeline until SIGTERM. Unknown options are passed to Vert.x. */
@Command(
        name = RunCommand.NAME,
        description = {
            "Run the pipeline until SIGTERM (default command).",
            "Unknown options are passed to Vert.x (-options)."
        })
public final class RunCommand implements Callable<Integer> {
    public static final String NAME = "run";

    private static final List<String> CLUSTER = List.of("-cluster", "--cluster");

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Unmatched
    private List<String> vertxArguments = new ArrayList<>();

    @Override
    public Integer call() {
        SluiceConfig loaded = config.load(listen.in(System.getenv()));
        SluiceVerticle sluice = new SluiceVerticle(loaded);
        LoggerFactory.getLogger(RunCommand.class)
                .atInfo()
                .addKeyValue("version", Version.current())
                .log("starting");
        if (loaded.cluster().enabled()) {
            new HazelcastCluster(loaded.cluster()).requirePortsAvailable();
        }
        int launched = new VertxApplication(arguments(loaded.cluster()), new Hooks(sluice, loaded.cluster())).launch();
        sluice.whenReady().await();
        return launched;
    }

    private String[] arguments(ClusterConfig cluster) {
        List<String> arguments = new ArrayList<>(vertxArguments);
        if (CLUSTER.stream().anyMatch(arguments::contains)) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "-cluster is not supported: set cluster.enabled in the configuration.");
        }
        if (cluster.enabled()) {
            arguments.add(CLUSTER.get(0));
        }
        return arguments.toArray(String[]::new);
    }

    /** Deploys the pipeline instead of a verticle from the command line. */
    private record Hooks(SluiceVerticle sluice, ClusterConfig cluster) implements VertxApplicationHooks {
        @Override
        public VertxBuilder createVertxBuilder(VertxOptions options) {
            return cluster.enabled()
                    ? new HazelcastCluster(cluster).vertxBuilder(options)
                    : VertxApplicationHooks.super.createVertxBuilder(options);
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
