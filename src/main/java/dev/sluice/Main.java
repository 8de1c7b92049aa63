package dev.sluice;

import dev.sluice.app.Version;
import dev.sluice.cli.CancelCommand;
import dev.sluice.cli.CheckCommand;
import dev.sluice.cli.CommandLineRunner;
import dev.sluice.cli.DeadLetterCommand;
import dev.sluice.cli.RetryCommand;
import dev.sluice.cli.RunCommand;
import dev.sluice.cli.SubmitCommand;
import dev.sluice.cli.SendTestJobCommand;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line of the production jar. */
@Command(
        name = "sluice",
        description = "Staged video processing on RabbitMQ. Without a command it runs the pipeline.",
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
            HelpCommand.class
        })
public final class Main {
    private static final Set<String> WATCHED =
            Set.of("check", "submit", "cancel", "retry", "dead", SendTestJobCommand.NAME);

    private Main() {}

    public static void main(String[] args) {
        if (args.length > 0 && WATCHED.contains(args[0])) {
            CommandLineRunner.setDefaultLogLevel("WARN");
        }
        int exit = CommandLineRunner.execute(new Main(), RunCommand.NAME, args);
        if (exit != 0) {
            System.exit(exit);
        }
    }
}
