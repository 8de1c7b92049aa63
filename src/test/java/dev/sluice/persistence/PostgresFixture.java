package dev.sluice.persistence;

import dev.sluice.standalone.embedded.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;

/** One PostgreSQL server for all integration tests of a JVM; every test takes a database of its own. */
public final class PostgresFixture {
    /** Integration tests run in two JVMs at once, each of which the build gives a name. */
    private static final String JVM = System.getProperty("sluice.jvm", "jvm");

    private static final PostgresFixture SHARED = new PostgresFixture();

    private final EmbeddedDatabase server;

    private PostgresFixture() {
        try {
            server = EmbeddedDatabase.start(Path.of("target", "it", "postgres", JVM));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "close-postgres-fixture"));
        TestDatabase main = new TestDatabase(server, "sluice");
        main.query("SELECT datname FROM pg_database WHERE datname LIKE 'it\\_%'")
                .forEach(row -> main.execute("DROP DATABASE " + row.get("datname") + " WITH (FORCE)"));
    }

    /** A new, empty database. */
    public static TestDatabase newDatabase() {
        String name = "it_" + UUID.randomUUID().toString().replace("-", "");
        new TestDatabase(SHARED.server, "sluice").execute("CREATE DATABASE " + name);
        return new TestDatabase(SHARED.server, name);
    }

    private void close() {
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
