package dev.sluice.cli;

import dev.sluice.common.text.TextSanitizer;
import dev.sluice.config.value.InvalidConfigException;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Runs the commands of a jar and determines the exit code. */
public final class CommandLineRunner {
    public static final int OK = 0;
    /** The reason was printed. */
    public static final int FAILED = 1;
    /** The command line or the configuration is invalid. */
    public static final int USAGE_ERROR = 2;

    public static final String EXIT_CODES = "%nExit codes:%n";
    public static final String OK_TEXT = OK + ":success; if the command waits for a job: the job completed";
    public static final String FAILED_TEXT = FAILED + ":failure; the reason was printed";
    public static final String USAGE_ERROR_TEXT = USAGE_ERROR + ":invalid command line or configuration";

    /** Read by {@code logback.xml}. */
    private static final String LOG_LEVEL = "SLUICE_LOG_LEVEL";

    private static final String LIBRARY_LOG_LEVEL = "SLUICE_LIBRARY_LOG_LEVEL";

    private CommandLineRunner() {}

    /**
     * Runs the command in {@code args}. To be called before anything is logged.
     *
     * @param defaultCommand runs if {@code args} are empty or begin with one of its options
     * @param logLevel default log level of the other commands, whose output is read on a terminal
     * @return the exit code
     */
    public static int execute(Object commands, String defaultCommand, String logLevel, String... args) {
        if (args.length > 0 && !args[0].startsWith("-") && !args[0].equals(defaultCommand)) {
            setDefaultLogLevel(logLevel);
        }
        CommandLine line = new CommandLine(commands)
                .setExecutionExceptionHandler(CommandLineRunner::handleException)
                .setCaseInsensitiveEnumValuesAllowed(true);
        return line.execute(withCommand(line, defaultCommand, args));
    }

    /** The environment variable takes precedence. */
    private static void setDefaultLogLevel(String level) {
        if (System.getenv(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, level);
            System.setProperty(LIBRARY_LOG_LEVEL, level);
        }
    }

    private static String[] withCommand(CommandLine line, String defaultCommand, String... args) {
        boolean named = args.length > 0
                && (line.getSubcommands().containsKey(args[0])
                        || line.getCommandSpec().findOption(args[0]) != null
                        || !args[0].startsWith("-"));
        if (named) {
            return args;
        }
        String[] all = new String[args.length + 1];
        all[0] = defaultCommand;
        System.arraycopy(args, 0, all, 1, args.length);
        return all;
    }

    static int handleException(Exception cause, CommandLine line, ParseResult parsed) {
        if (cause instanceof InvalidConfigException invalid) {
            line.getErr().println("Invalid configuration:");
            invalid.errors().forEach(error -> line.getErr().println("  " + TextSanitizer.singleLine(error)));
            return USAGE_ERROR;
        }
        line.getErr()
                .println(TextSanitizer.singleLine(cause.getMessage() == null ? cause.toString() : cause.getMessage()));
        return FAILED;
    }
}
