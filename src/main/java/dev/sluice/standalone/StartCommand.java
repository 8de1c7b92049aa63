package dev.sluice.standalone;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the embedded services and the pipeline until told to stop. */
@Command(name = StartCommand.NAME, description = "Run until told to stop (the default command).")
final class StartCommand implements Callable<Integer> {
    static final String NAME = "start";

    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() throws Exception {
        Standalone standalone = Standalone.start(data.directory(), data.settings());
        LoggerFactory.getLogger(StartCommand.class)
                .atInfo()
                .addKeyValue(
                        "submitWith",
                        "sluice submit FILE -conf " + data.directory().resolve("sluice.json"))
                .log("standalone is up");
        CountDownLatch told = new CountDownLatch(1);
        Thread stop = new Thread(
                () -> {
                    standalone.close();
                    told.countDown();
                },
                "sluice-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        told.await();
        return 0;
    }
}
