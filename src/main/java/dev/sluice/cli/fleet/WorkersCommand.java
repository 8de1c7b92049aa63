package dev.sluice.cli.fleet;

import dev.sluice.cli.AdminClient;
import dev.sluice.cli.CommandLineRunner;
import dev.sluice.cli.ConfigOption;
import dev.sluice.common.text.TerminalEscaper;
import dev.sluice.persistence.worker.RegisteredWorker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the workers. */
@Command(
        name = "workers",
        description = "List all workers with their verticles. A worker that was not seen for 60 s is lost.")
public final class WorkersCommand implements Callable<Integer> {
    private static final long WATCH_MILLIS = 2_000;
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "one JSON object per line")
    private boolean json;

    @Option(names = "--watch", description = "repeat every 2 s until interrupted")
    private boolean watch;

    @Override
    public Integer call() {
        return AdminClient.run(config.load(), this::list);
    }

    private Future<Integer> list(AdminClient client) {
        return client.fleet().workers().compose(workers -> {
            print(workers);
            return watch
                    ? Vertx.currentContext().owner().timer(WATCH_MILLIS).compose(later -> list(client))
                    : Future.succeededFuture(CommandLineRunner.OK);
        });
    }

    private void print(List<RegisteredWorker> workers) {
        if (json) {
            workers.forEach(worker ->
                    System.out.println(TerminalEscaper.escape(worker.toJson().encode())));
            return;
        }
        if (watch) {
            System.out.print(CLEAR_SCREEN);
        }
        WorkerFormatter.format(workers).forEach(System.out::println);
    }
}
