package dev.sluice;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line of the production jar. */
@Command(
        name = "sluice",
        description = "Staged video processing on RabbitMQ. Without a command it runs the pipeline.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {RunCommand.class, CheckCommand.class, SubmitCommand.class, HelpCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int exit = CommandLines.execute(new Main(), RunCommand.NAME, args);
        if (exit != 0) {
            System.exit(exit);
        }
    }
}
