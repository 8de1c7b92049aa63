package dev.sluice.persistence.db;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.common.async.Await.failureOf;
import static dev.sluice.persistence.Samples.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.PostgresConfig;
import dev.sluice.config.value.Secret;
import dev.sluice.config.value.SslMode;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.InterruptedConnection;
import dev.sluice.persistence.PgBouncer;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.standalone.embedded.EmbeddedDatabase;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class DatabaseIT {
    private final Vertx vertx;

    DatabaseIT(Vertx vertx) {
        this.vertx = vertx;
    }

    @Test
    void waitsForADatabaseAndFindsItsWayBackAfterItWasKilled(@TempDir Path directory) throws Exception {
        PostgresConfig config;
        try (EmbeddedDatabase server = EmbeddedDatabase.start(directory)) {
            config = config(server.uri(), server.user(), server.password());
        }
        Future<Store> opening = Store.open(vertx, config);
        EmbeddedDatabase server = EmbeddedDatabase.start(directory);
        Store store = await(opening);
        StagedJob job = Samples.job("1");
        Claim claim = ((ClaimResult.Granted) await(claim(store, job, "w1"))).claim();

        kill(directory);
        JobException whileDown = failureOf(store.runs().renew(List.of(claim.attempt()), LEASE));
        server.close();
        try (EmbeddedDatabase again = EmbeddedDatabase.start(directory)) {

            assertThat(whileDown.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
            assertThat(config(again.uri(), again.user(), again.password())).isEqualTo(config);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(await(store.runs()
                                    .renew(List.of(claim.attempt()), LEASE)
                                    .otherwise(Set.of())))
                            .containsExactly(claim.attempt()));
            assertThat(await(claim(store, job, "w2"))).isInstanceOf(ClaimResult.LeasedElsewhere.class);
            store.close();
        }
    }

    @Test
    void closesAlsoWhenACallHasJustGivenUpItsPlace(TestDatabase behind) {
        InterruptedConnection way = InterruptedConnection.before(vertx, behind.config());
        Database database = await(Database.open(vertx, way.config()));
        way.hang(true);

        Promise<Void> closed = Promise.promise();
        vertx.runOnContext(v -> database.transaction(session -> Future.succeededFuture(Optional.empty()))
                .transform(failed -> database.close())
                .onComplete(closed));

        Awaitility.await().atMost(Duration.ofSeconds(30)).until(closed.future()::isComplete);
        await(way.close());
    }

    @Test
    void returnsConnectionsThatArriveAfterTheirRequestFailed(TestDatabase behind) {
        Database database = await(Database.open(vertx, behind.config()));
        int size = behind.config().poolSize();
        Promise<Optional<Integer>> end = Promise.promise();
        List<Future<Optional<Integer>>> holding = transactions(size, database, end.future());

        for (Future<?> waiting : transactions(size, database, Future.succeededFuture(Optional.of(2)))) {
            assertThat(failureOf(waiting).code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        }
        end.complete(Optional.of(1));

        assertThat(holding).allSatisfy(held -> assertThat(await(held)).contains(1));
        assertThat(transactions(size, database, Future.succeededFuture(Optional.of(3))))
                .allSatisfy(served -> assertThat(await(served)).contains(3));
        await(database.close());
    }

    private static List<Future<Optional<Integer>>> transactions(
            int count, Database database, Future<Optional<Integer>> work) {
        return IntStream.range(0, count)
                .mapToObj(i -> database.transaction(session -> work))
                .toList();
    }

    @Test
    void looksForTheUsersTablesUntilTheDatabaseAnswers(TestDatabase behind) {
        InterruptedConnection way = InterruptedConnection.before(vertx, behind.config());
        Database database = await(Database.open(vertx, way.config()));
        way.hang(true);
        Future<Void> unanswered = database.execute("SELECT 1").mapEmpty();

        Future<UserTables> opening = UserTables.open(database, way.config(), new CancellationToken());
        assertThat(failureOf(unanswered).code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        way.hang(false);

        assertThat(await(opening)).isNotNull();
        await(database.close());
        await(way.close());
    }

    @Test
    void stopsWaitingWhenToldTo() throws Exception {
        CancellationToken stop = new CancellationToken();
        Future<Database> opening =
                Database.open(vertx, config("postgresql://127.0.0.1:" + closedPort() + "/x", "u", "p"), stop);
        JobException shutdown = new JobException(ErrorCode.SHUTDOWN, "Shutting down.");

        stop.cancel(shutdown);

        assertThat(failureOf(opening)).isSameAs(shutdown);
    }

    @Test
    void doesNotWaitWhereWaitingDoesNotHelp(TestDatabase database) {
        PostgresConfig config = database.config();

        JobException wrongPassword = failureOf(Database.open(vertx, config(config.uri(), config.user(), "guess")));
        JobException noDatabase = failureOf(Database.open(
                vertx,
                config(config.uri() + "_not", config.user(), config.password().reveal())));

        assertThat(wrongPassword.message())
                .contains("refuses the user 'postgres': password authentication failed for user \"postgres\".");
        assertThat(noDatabase.message()).contains("database \"").contains("does not exist");
    }

    @Test
    void complainsOfNothingWhereAllIsWell(TestDatabase database) {
        assertThat(await(Database.check(vertx, database.config(), List.of()))).isEmpty();
    }

    @Test
    void saysWhatKeepsItFromTheDatabase(TestDatabase postgres) throws Exception {
        String role = "r" + postgres.value("SELECT current_database()");
        postgres.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'p'");
        int port = closedPort();

        List<String> down =
                await(Database.check(vertx, config("postgresql://127.0.0.1:" + port + "/x", "u", "p"), List.of()));
        List<String> noRights =
                await(Database.check(vertx, config(postgres.config().uri(), role, "p"), List.of()));

        assertThat(down)
                .singleElement()
                .asString()
                .startsWith("The database at 127.0.0.1:" + port + "/x cannot be used");
        assertThat(noRights).singleElement().asString().contains("may not make the schema 'sluice'");
        assertThat(failureOf(Database.open(vertx, config(postgres.config().uri(), role, "p")))
                        .message())
                .contains("permission denied");
    }

    @Test
    void checkReportsMissingRightsOnTheUserTables(TestDatabase postgres) throws Exception {
        String role = "t" + postgres.value("SELECT current_database()");
        postgres.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'p'");
        postgres.execute("CREATE SCHEMA own; CREATE SCHEMA sluice AUTHORIZATION " + role);
        postgres.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        postgres.execute("CREATE TABLE media (id text)");
        PostgresConfig config = config(postgres.config().uri(), role, "p");

        assertThat(await(Database.check(vertx, config, UserTables.required(config))))
                .containsExactly(
                        "The table \"VideoProcessingJob\" does not exist, and the user '" + role
                                + "' may not create it: grant CREATE on the schema 'public', or create the table.",
                        "The user '" + role
                                + "' may not read and update the table \"media\": grant SELECT and UPDATE on it.");
        postgres.execute("GRANT CREATE ON SCHEMA public TO " + role);
        postgres.execute("GRANT SELECT, UPDATE ON media TO " + role);
        assertThat(await(Database.check(vertx, config, UserTables.required(config))))
                .isEmpty();
    }

    @Test
    void checkAndStartRefuseAPoolerWithoutSessions(TestDatabase postgres, @TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(PgBouncer.installed(), "pgbouncer is not installed");
        PostgresConfig direct = postgres.config();
        String password = direct.password().reveal();
        String ignored = "ignore_startup_parameters = extra_float_digits";

        try (PgBouncer sessions = PgBouncer.start(directory, direct, "session", ignored)) {
            PostgresConfig config = config(sessions.uri(direct), direct.user(), password);
            assertThat(await(Database.check(vertx, config, List.of()))).isEmpty();
            await(await(Database.open(vertx, config)).close());
        }
        for (String size : List.of("default_pool_size = 5", "default_pool_size = 1")) {
            try (PgBouncer transactions = PgBouncer.start(directory, direct, "transaction", ignored, size)) {
                PostgresConfig config = config(transactions.uri(direct), direct.user(), password);
                String expected = "is behind a connection pooler that assigns connections to transactions";
                assertThat(await(Database.check(vertx, config, List.of())))
                        .singleElement()
                        .asString()
                        .contains(expected, "pool_mode=session");
                assertThat(failureOf(Database.open(vertx, config)).message()).contains(expected);
            }
        }
    }

    private static Future<ClaimResult> claim(Store store, StagedJob job, String worker) {
        return store.runs()
                .claim(Samples.download(job.id().value()), job, Samples.again(job), worker, Duration.ofMinutes(5));
    }

    private static void kill(Path directory) throws Exception {
        long server = Long.parseLong(Files.readAllLines(directory.resolve("data/postmaster.pid"))
                .get(0)
                .strip());
        ProcessHandle handle = ProcessHandle.of(server).orElseThrow();
        List<ProcessHandle> all = new java.util.ArrayList<>(handle.descendants().toList());
        all.add(handle);
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : all) {
            process.onExit().get(30, java.util.concurrent.TimeUnit.SECONDS);
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static PostgresConfig config(String uri, String user, String password) {
        return new PostgresConfig(
                uri,
                SslMode.PREFER,
                Optional.empty(),
                user,
                new Secret(password),
                4,
                "VideoProcessingJob",
                "media",
                "userId");
    }
}
