package dev.sluice.standalone;

import dev.sluice.app.Version;
import dev.sluice.cli.CommandLineRunner;
import dev.sluice.cli.SendTestJobCommand;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line of the standalone jar. */
@Command(
        name = "sluice-standalone",
        description = "Sluice with a broker, a database and an object store of its own. Without a command it runs.",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        versionProvider = Version.class,
        subcommands = {
            StartCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            SendTestJobCommand.class,
            HelpCommand.class
        })
public final class StandaloneMain {
    private static final Set<String> WATCHED = Set.of("demo", "bench", SendTestJobCommand.NAME);

    private StandaloneMain() {}

    public static void main(String[] args) {
        if (args.length > 0 && WATCHED.contains(args[0])) {
            // How the job ends, and why, is on the screen anyway.
            CommandLineRunner.setDefaultLogLevel("ERROR");
        }
        System.exit(CommandLineRunner.execute(new StandaloneMain(), StartCommand.NAME, args));
    }
}
