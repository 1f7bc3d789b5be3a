package dev.freshet.system.odd;

import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.SetUp;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A database of a test's own on the shared server, the shared Redis, and the configuration that joins them. One thread. */
final class Source implements AutoCloseable {

    /** A millisecond more for each row of a large transaction. */
    static final Duration PATIENCE = Duration.ofMinutes(2).plusMillis(Integer.getInteger("freshet.big.rows", 0));

    private final PostgresServer postgres = EmbeddedStack.shared().postgres();
    private final RedisClient client =
            RedisClient.create(EmbeddedStack.shared().redis().url());
    private final RedisCommands<String, String> redis = client.connect().sync();
    private final String name;
    private final Connection connection;

    Source(String name, String... schema) throws SQLException {
        this.name = name;
        redis.flushall();
        try (Connection admin = connect("postgres");
                Statement statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        connection = connect(name);
        execute(schema);
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
    }

    Connection connect() throws SQLException {
        return connect(name);
    }

    /** A connection to another database of the same cluster. */
    Connection beside() throws SQLException {
        return connect("postgres");
    }

    Path config(Path directory, Map<String, ?> caches) {
        Map<String, Object> config = new HashMap<>(Map.of(
                "pipeline",
                name,
                "postgres",
                SetUp.login(postgres.jdbcUrl(name)),
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
                Map.of("http", "127.0.0.1:0", "fence-window", "10s")));
        config.put("caches", caches);
        return SetUp.run(postgres, name, ConfigText.write(directory, config));
    }

    void execute(String... sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    /** Fills keys as an application does that does not know of the change to come. */
    void fill(String... keys) {
        for (String key : keys) {
            redis.set(key, "old");
        }
    }

    boolean stands(String key) {
        return redis.exists(key) == 1;
    }

    RedisCommands<String, String> redis() {
        return redis;
    }

    void awaitGone(String... keys) {
        for (String key : keys) {
            await("gone: " + key).atMost(PATIENCE).until(() -> !stands(key));
        }
    }

    /** Changes a table until that is seen to be applied, so that whoever keeps something of the table keeps it now. */
    void change(String sql, String... keys) throws SQLException {
        fill(keys);
        execute(sql);
        awaitGone(keys);
    }

    @Override
    public void close() throws SQLException {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        connection.close();
        try (Connection admin = connect("postgres");
                Statement statement = admin.createStatement()) {
            statement.execute(
                    "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active AND"
                            + " slot_name = '" + name + "'");
            statement.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                    + name + "'");
            statement.execute("DROP DATABASE " + name + " WITH (FORCE)");
        }
    }

    static List<String> errorsOf(dev.freshet.system.process.Freshet process, String part) {
        return process.errors().stream().filter(line -> line.contains(part)).toList();
    }
}
