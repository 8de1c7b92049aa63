package dev.sluice.standalone;

import dev.sluice.CommandLines;
import dev.sluice.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line of the standalone jar. */
@Command(
        name = "sluice-standalone",
        description = "Sluice with a broker, a database and an object store of its own. Without a command it runs.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {StartCommand.class, DemoCommand.class, BenchCommand.class, HelpCommand.class})
public final class StandaloneMain {
    private StandaloneMain() {}

    public static void main(String[] args) {
        System.exit(CommandLines.execute(new StandaloneMain(), StartCommand.NAME, args));
    }
}
