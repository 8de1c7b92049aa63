package dev.sluice.faults;

import dev.sluice.app.Sluice;
import dev.sluice.config.SluiceConfig;
import dev.sluice.job.DeliveryStep;
import dev.sluice.job.DeliveryStepListener;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A worker that crashes or freezes at a step: {@code -conf FILE --crash processed@2} halts the JVM when a delivery reaches the
 * step for the second time, {@code --freeze} sends it SIGSTOP. Not part of the production jar.
 */
final class FaultWorker {
    private static final int CRASHED = 86;

    private FaultWorker() {}

    public static void main(String[] args) throws TimeoutException {
        if (args.length != 4 || !args[0].equals("-conf")) {
            throw new IllegalArgumentException("-conf FILE --crash|--freeze STEP@N");
        }
        SluiceConfig config = SluiceConfig.load(Path.of(args[1]), Map.of());
        String[] trigger = args[3].split("@", 2);
        DeliveryStepListener listener = new Trigger(
                DeliveryStep.valueOf(trigger[0].toUpperCase(Locale.ROOT)),
                new AtomicInteger(Integer.parseInt(trigger[1])),
                args[2].equals("--crash") ? FaultWorker::crash : FaultWorker::freeze);
        Vertx vertx = Vertx.vertx();
        Sluice sluice = Sluice.start(vertx, config, listener).await(5, TimeUnit.MINUTES);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(sluice)));
    }

    private static void crash() {
        Runtime.getRuntime().halt(CRASHED);
    }

    private static void freeze() {
        try {
            new ProcessBuilder(
                            "kill",
                            "-STOP",
                            String.valueOf(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
        } catch (IOException cause) {
            throw new IllegalStateException(cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(Sluice sluice) {
        try {
            sluice.stop().await(9, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            Runtime.getRuntime().halt(CRASHED);
        }
    }

    private record Trigger(DeliveryStep trigger, AtomicInteger left, Runnable action) implements DeliveryStepListener {
        @Override
        public void onStep(DeliveryStep step) {
            if (step == trigger && left.decrementAndGet() == 0) {
                action.run();
            }
        }
    }
}
