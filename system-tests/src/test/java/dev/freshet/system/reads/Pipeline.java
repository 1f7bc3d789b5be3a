package dev.freshet.system.reads;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

/** A database of its own and the whole pipeline from it to the shared Redis, as one process. Confined to one thread. */
final class Pipeline implements AutoCloseable {

    private final PostgresServer postgres;
    private final String name;
    private final Freshet run;

    private Pipeline(PostgresServer postgres, String name, Freshet run) {
        this.postgres = postgres;
        this.name = name;
        this.run = run;
    }

    /** Returns when changes are applied; the Redis holds nothing but what the pipeline needs. */
    static Pipeline start(
            PostgresServer postgres,
            String name,
            Path directory,
            String fenceWindow,
            Map<String, ?> caches,
            String... schema)
            throws SQLException {
        execute(postgres, "postgres", "CREATE DATABASE " + name);
        execute(postgres, name, schema);
        Path config = ConfigText.write(
                directory,
                Map.of(
                        "pipeline",
                        name,
                        "postgres",
                        Map.of("url", postgres.jdbcUrl(name), "user", postgres.user(), "password", postgres.password()),
                        "kafka",
                        Map.of(
                                "bootstrap-servers",
                                EmbeddedStack.shared().kafka().bootstrapServers(),
                                "topics",
                                Map.of("partitions", 3, "replication", 1)),
                        "redis",
                        Map.of("url", EmbeddedStack.shared().redis().url()),
                        "listener",
                        Map.of("http", "127.0.0.1:0"),
                        "writer",
                        Map.of("http", "127.0.0.1:0", "fence-window", fenceWindow),
                        "caches",
                        caches));
        Freshet run = Freshet.start(directory, "run", "--config", config.toString());
        try {
            return new Pipeline(postgres, name, run.awaitReady(Duration.ofMinutes(3)));
        } catch (AssertionError e) {
            run.close();
            throw e;
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(name), postgres.user(), postgres.password());
    }

    boolean isAlive() {
        return run.isAlive();
    }

    String lastWords() {
        return "\n==== run" + run.lastWords();
    }

    @Override
    public void close() throws SQLException {
        run.close();
        execute(
                postgres,
                name,
                "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active;"
                        + " SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                        + name
                        + "'");
        execute(postgres, "postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    }

    static void execute(PostgresServer postgres, String database, String... sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }
}
