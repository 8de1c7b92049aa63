package dev.sluice.standalone;

import dev.sluice.CommandLines;
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
                .addKeyValue("directory", data.directory())
                .addKeyValue("verticles", standalone.sluice().verticles().size())
                .log("standalone is up");
        System.out.println("Sluice is up; a video goes in with");
        System.out.println(
                "  java -jar sluice.jar submit FILE --wait -conf " + Standalone.configuration(data.directory()));
        // A signal ends the process; what was started closes then.
        new CountDownLatch(1).await();
        return CommandLines.OK;
    }
}
