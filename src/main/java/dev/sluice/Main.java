package dev.sluice;

import dev.sluice.app.Version;
import dev.sluice.cli.CancelCommand;
import dev.sluice.cli.CheckCommand;
import dev.sluice.cli.CommandLineRunner;
import dev.sluice.cli.DeadLetterCommand;
import dev.sluice.cli.RetryCommand;
import dev.sluice.cli.RunCommand;
import dev.sluice.cli.SendTestJobCommand;
import dev.sluice.cli.SubmitCommand;
import dev.sluice.cli.fleet.DrainCommand;
import dev.sluice.cli.fleet.LogLevelCommand;
import dev.sluice.cli.fleet.RedeployCommand;
import dev.sluice.cli.fleet.ScaleCommand;
import dev.sluice.cli.fleet.StageCommand;
import dev.sluice.cli.fleet.WorkersCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line of the production jar. */
@Command(
        name = "sluice",
        description = "Staged video processing on RabbitMQ. The default command is run.",
        exitCodeListHeading = CommandLineRunner.EXIT_CODES,
        exitCodeList = {CommandLineRunner.OK_TEXT, CommandLineRunner.FAILED_TEXT, CommandLineRunner.USAGE_ERROR_TEXT},
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        versionProvider = Version.class,
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            SubmitCommand.class,
            CancelCommand.class,
            RetryCommand.class,
            DeadLetterCommand.class,
            SendTestJobCommand.class,
            WorkersCommand.class,
            RedeployCommand.class,
            ScaleCommand.class,
            StageCommand.Pause.class,
            StageCommand.Resume.class,
            DrainCommand.class,
            LogLevelCommand.class,
            HelpCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int exitCode = CommandLineRunner.execute(new Main(), RunCommand.NAME, "WARN", args);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }
}
