package dev.sluice.cli;

import dev.sluice.backend.admin.DeadLetter;
import dev.sluice.backend.admin.DeadLetterPage;
import dev.sluice.backend.admin.DeadLetterService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.cli.output.DeadLetterFormatter;
import dev.sluice.common.text.TerminalEscaper;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Works on the dead-letter queue. */
@Command(
        name = "dead-letters",
        description = "List, inspect, replay and discard dead letters.",
        subcommands = {
            DeadLetterCommand.ListDeadLetters.class,
            DeadLetterCommand.Show.class,
            DeadLetterCommand.Replay.class,
            DeadLetterCommand.Discard.class
        })
public final class DeadLetterCommand {
    private static final String ID = "dead letter ID or unique prefix (at least 4 characters)";

    /** Lists all dead letters. */
    @Command(name = "list", description = "List the dead letters, oldest first.")
    static final class ListDeadLetters implements Callable<Integer> {
        @Mixin
        private ConfigOption config = new ConfigOption();

        @Option(names = "--json", description = "one JSON object per line, without bodies")
        private boolean json;

        @Override
        public Integer call() {
            return AdminClient.run(
                    config.load(), client -> client.deadLetters().list().map(this::print));
        }

        private int print(DeadLetterPage page) {
            if (json) {
                page.deadLetters()
                        .forEach(deadLetter -> System.out.println(
                                TerminalEscaper.escape(deadLetter.toJson().encode())));
            } else {
                DeadLetterFormatter.formatTable(page.deadLetters(), DeadLetterFormatter.terminalWidth())
                        .forEach(System.out::println);
            }
            if (page.hasMore()) {
                System.err.println("The list is incomplete: the queue has more dead letters.");
            }
            return CommandLineRunner.OK;
        }
    }

    /** Shows one dead letter. */
    @Command(name = "show", description = "Show headers, failed attempts and body of a dead letter.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private ConfigOption config = new ConfigOption();

        @Parameters(paramLabel = "ID", description = ID)
        private String id = "";

        @Override
        public Integer call() {
            return AdminClient.run(
                    config.load(), client -> client.deadLetters().find(id).map(this::print));
        }

        private int print(Optional<DeadLetter> found) {
            if (found.isEmpty()) {
                System.err.println(TerminalEscaper.escape(id) + "  Dead letter not found.");
                return CommandLineRunner.FAILED;
            }
            System.out.println(DeadLetterFormatter.formatDetails(found.get()));
            return CommandLineRunner.OK;
        }
    }

    /** An operation on some dead letters. */
    abstract static class DeadLetterAction implements Callable<Integer> {
        @Mixin
        private ConfigOption config = new ConfigOption();

        @Parameters(paramLabel = "ID", arity = "1..*", description = ID)
        private List<String> ids = List.of();

        @Override
        public Integer call() {
            return AdminClient.run(
                    config.load(), client -> handle(client.deadLetters(), ids).map(AdminClient::print));
        }

        abstract Future<List<OperationResult>> handle(DeadLetterService deadLetters, List<String> ids);
    }

    /** Replays dead letters. */
    @Command(
            name = "replay",
            description = "Restart the failed stage. An undecodable message is returned to its queue.")
    static final class Replay extends DeadLetterAction {
        @Override
        Future<List<OperationResult>> handle(DeadLetterService deadLetters, List<String> ids) {
            return deadLetters.replay(ids);
        }
    }

    /** Discards dead letters. */
    @Command(name = "discard", description = "Permanently discard dead letters. Their jobs remain FAILED.")
    static final class Discard extends DeadLetterAction {
        @Override
        Future<List<OperationResult>> handle(DeadLetterService deadLetters, List<String> ids) {
            return deadLetters.discard(ids);
        }
    }
}
