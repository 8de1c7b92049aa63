package dev.sluice.cli;

import dev.sluice.backend.admin.DeadLetter;
import dev.sluice.backend.admin.DeadLetterPage;
import dev.sluice.backend.admin.DeadLetterService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.cli.output.DeadLetterFormatter;
import dev.sluice.common.text.TerminalEscaper;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What lies in the dead letters' queue, and what to do with it. */
@Command(
        name = "dead",
        description = "Look at the dead letters, start their stages anew, drop them.",
        subcommands = {
            DeadLetterCommand.ListDeadLetters.class,
            DeadLetterCommand.Show.class,
            DeadLetterCommand.Replay.class,
            DeadLetterCommand.Discard.class
        })
public final class DeadLetterCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(), "One of list, show, replay, drop is needed.");
    }

    /** All of them, a line each. */
    @Command(name = "list", description = "List the dead letters, oldest first.")
    static final class ListDeadLetters implements Callable<Integer> {
        @Mixin
        private ConfigOption config = new ConfigOption();

        @Option(names = "--json", description = "one JSON object a line, without the bodies")
        private boolean json;

        @Override
        public Integer call() {
            return AdminClient.run(
                    config.load(), desk -> desk.deadLetters().list().map(this::print));
        }

        private int print(DeadLetterPage list) {
            if (json) {
                list.deadLetters()
                        .forEach(letter -> System.out.println(
                                TerminalEscaper.escape(letter.toJson().encode())));
            } else {
                DeadLetterFormatter.formatTable(list.deadLetters(), DeadLetterFormatter.terminalWidth())
                        .forEach(System.out::println);
            }
            if (list.hasMore()) {
                System.err.println("There are more behind these.");
            }
            return CommandLineRunner.OK;
        }
    }

    /** One of them, all of it. */
    @Command(name = "show", description = "Show a dead letter: headers, history and body.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private ConfigOption config = new ConfigOption();

        @Parameters(paramLabel = "ID", description = "as listed; its beginning will do")
        private String id = "";

        @Override
        public Integer call() {
            return AdminClient.run(
                    config.load(), desk -> desk.deadLetters().find(id).map(this::print));
        }

        private int print(Optional<DeadLetter> found) {
            if (found.isEmpty()) {
                System.err.println(TerminalEscaper.escape(id) + "  No dead letter of this id.");
                return CommandLineRunner.FAILED;
            }
            System.out.println(DeadLetterFormatter.formatDetails(found.get()));
            return CommandLineRunner.OK;
        }
    }

    /** Letters that a person names. */
    abstract static class DeadLetterAction implements Callable<Integer> {
        @Mixin
        private ConfigOption config = new ConfigOption();

        @Parameters(paramLabel = "ID", arity = "1..*", description = "as listed; its beginning will do")
        private List<String> ids = List.of();

        @Override
        public Integer call() {
            return AdminClient.run(
                    config.load(), desk -> handle(desk.deadLetters(), ids).map(AdminClient::print));
        }

        abstract Future<List<OperationResult>> handle(DeadLetterService deadLetters, List<String> named);
    }

    /** Start their stages anew. */
    @Command(
            name = "replay",
            description = "Start the failed stage of each anew; put one that could not be read back into its queue.")
    static final class Replay extends DeadLetterAction {
        @Override
        Future<List<OperationResult>> handle(DeadLetterService deadLetters, List<String> named) {
            return deadLetters.replay(named);
        }
    }

    /** Away with them. */
    @Command(name = "drop", description = "Take dead letters out for good; their jobs stay FAILED.")
    static final class Discard extends DeadLetterAction {
        @Override
        Future<List<OperationResult>> handle(DeadLetterService deadLetters, List<String> named) {
            return deadLetters.discard(named);
        }
    }
}
