package dev.sluice.cli;

import dev.sluice.common.text.TextSanitizer;
import dev.sluice.config.value.InvalidConfigException;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** How our command lines are read, and what their exit codes mean. */
public final class CommandLineRunner {
    /** It went as asked. */
    public static final int OK = 0;
    /** It did not; the reason was printed. */
    public static final int FAILED = 1;
    /** The command line or the configuration cannot be used. */
    public static final int USAGE_ERROR = 2;

    /** Read by {@code logback.xml}. */
    private static final String LOG_LEVEL = "SLUICE_LOG_LEVEL";

    private static final String LIBRARY_LOG_LEVEL = "SLUICE_LIBRARY_LOG_LEVEL";

    private CommandLineRunner() {}

    /**
     * Runs the command that {@code args} name.
     *
     * @param fallback the command that runs when they begin with an option of its own, or are empty
     * @return the exit code
     */
    public static int execute(Object commands, String fallback, String... args) {
        CommandLine line = new CommandLine(commands)
                .setExecutionExceptionHandler(CommandLineRunner::handleException)
                .setCaseInsensitiveEnumValuesAllowed(true);
        return line.execute(withCommand(line, fallback, args));
    }

    /**
     * Keeps the log to what is at least as bad as {@code level}, where a person watches something else; an environment that
     * sets {@code SLUICE_LOG_LEVEL} has its way. Comes before anything is logged.
     */
    public static void setDefaultLogLevel(String level) {
        if (System.getenv(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, level);
            System.setProperty(LIBRARY_LOG_LEVEL, level);
        }
    }

    private static String[] withCommand(CommandLine line, String fallback, String... args) {
        boolean named = args.length > 0
                && (line.getSubcommands().containsKey(args[0])
                        || line.getCommandSpec().findOption(args[0]) != null
                        || !args[0].startsWith("-"));
        if (named) {
            return args;
        }
        String[] all = new String[args.length + 1];
        all[0] = fallback;
        System.arraycopy(args, 0, all, 1, args.length);
        return all;
    }

    private static int handleException(Exception cause, CommandLine line, ParseResult parsed) {
        if (cause instanceof InvalidConfigException invalid) {
            line.getErr().println("The configuration cannot be used:");
            invalid.errors().forEach(complaint -> line.getErr().println("  " + TextSanitizer.singleLine(complaint)));
            return USAGE_ERROR;
        }
        line.getErr()
                .println(TextSanitizer.singleLine(cause.getMessage() == null ? cause.toString() : cause.getMessage()));
        return FAILED;
    }
}
