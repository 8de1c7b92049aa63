package dev.sluice.standalone;

import dev.sluice.CommandLines;
import dev.sluice.Version;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line of the standalone jar. */
@Command(
        name = "sluice-standalone",
        description = "Sluice with a broker, a database and an object store of its own. Without a command it runs.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {StartCommand.class, DemoCommand.class, HelpCommand.class})
public final class StandaloneMain {
    private StandaloneMain() {}

    public static void main(String[] args) {
        keepQuiet(args);
        System.exit(CommandLines.execute(new StandaloneMain(), StartCommand.NAME, args));
    }

    /** Who watches a demo or a benchmark wants to see that, and of the log only what went wrong. */
    private static void keepQuiet(String[] args) {
        boolean watched = args.length > 0 && Set.of("demo", "bench").contains(args[0]);
        if (watched && System.getenv("SLUICE_LOG_LEVEL") == null) {
            System.setProperty("SLUICE_LOG_LEVEL", "WARN");
        }
    }
}
