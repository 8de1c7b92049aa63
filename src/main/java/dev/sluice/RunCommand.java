package dev.sluice;

import io.vertx.core.Deployable;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplication;
import io.vertx.launcher.application.VertxApplicationHooks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

/** Runs the pipeline until it is told to stop. Options it does not know go to Vert.x ({@code -cluster}, {@code -options}). */
@Command(name = RunCommand.NAME, description = "Run the pipeline (the default command).")
final class RunCommand implements Callable<Integer> {
    static final String NAME = "run";

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Unmatched
    private List<String> vertxArguments = new ArrayList<>();

    @Override
    public Integer call() {
        SluiceVerticle sluice = new SluiceVerticle(config.load());
        LoggerFactory.getLogger(RunCommand.class)
                .atInfo()
                .addKeyValue("version", Version.current())
                .log("starting");
        int launched = new VertxApplication(vertxArguments.toArray(String[]::new), new Hooks(sluice)).launch();
        sluice.up().await();
        return launched;
    }

    /** Starts our verticle in place of one that the command line names. */
    private record Hooks(SluiceVerticle sluice) implements VertxApplicationHooks {
        @Override
        public Supplier<? extends Deployable> verticleSupplier() {
            return () -> sluice;
        }

        @Override
        public void beforeStoppingVertx(HookContext context) {
            sluice.shutDown();
        }
    }
}
