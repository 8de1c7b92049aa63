package dev.sluice.standalone;

import dev.sluice.app.Version;
import dev.sluice.cli.CommandLineRunner;
import dev.sluice.cli.SendTestJobCommand;
import dev.sluice.cli.SubmitCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line of the standalone jar. */
@Command(
        name = "sluice-standalone",
        description = "Sluice with embedded broker, database and object store. The default command is start.",
        exitCodeListHeading = CommandLineRunner.EXIT_CODES,
        exitCodeList = {CommandLineRunner.OK_TEXT, CommandLineRunner.FAILED_TEXT, CommandLineRunner.USAGE_ERROR_TEXT},
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        versionProvider = Version.class,
        subcommands = {
            StartCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            SubmitCommand.class,
            SendTestJobCommand.class,
            HelpCommand.class
        })
public final class StandaloneMain {
    private StandaloneMain() {}

    public static void main(String[] args) {
        // The commands print the result of the job themselves, so its warnings need not be logged.
        System.exit(CommandLineRunner.execute(new StandaloneMain(), StartCommand.NAME, "ERROR", args));
    }
}
