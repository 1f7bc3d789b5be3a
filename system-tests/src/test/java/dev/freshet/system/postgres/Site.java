package dev.freshet.system.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.oracle.Entry;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.RedisView;
import dev.freshet.system.process.SetUp;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.core.ConditionTimeoutException;

/** A database on a server of the test's own, as its superuser sees it, and the shared Redis. Confined to one thread. */
final class Site implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final PostgresServer server;
    private final String name;
    private final RedisView redis = new RedisView(EmbeddedStack.shared().redis().url(), Set.of());
    private int beats;

    private Site(PostgresServer server, String name) {
        this.server = server;
        this.name = name;
    }

    /** @param name of the database and the pipeline */
    static Site create(PostgresServer server, String name, String... schema) throws SQLException {
        Site site = new Site(server, name);
        site.redis.commands().flushall();
        site.in("postgres", "CREATE DATABASE " + name);
        site.execute("CREATE TABLE beat (id int PRIMARY KEY)");
        site.execute(schema);
        return site;
    }

    /** The same database on another server. */
    Site on(PostgresServer other) {
        Site site = new Site(other, name);
        site.beats = 1_000_000;
        return site;
    }

    /** A configuration, not set up yet. */
    Path config(Path directory, Map<String, ?> postgres, Map<String, ?> caches) {
        Map<String, Object> all = new HashMap<>(caches);
        all.put("beat", Map.of("table", "public.beat", "key", "beat:{id}"));
        return ConfigText.write(
                directory,
                Map.of(
                        "pipeline",
                        name,
                        "postgres",
                        postgres,
                        "kafka",
                        Map.of(
                                "bootstrap-servers",
                                EmbeddedStack.shared().kafka().bootstrapServers(),
                                "topics",
                                Map.of("partitions", 2, "replication", 1)),
                        "redis",
                        Map.of("url", EmbeddedStack.shared().redis().url()),
                        "listener",
                        Map.of("http", "127.0.0.1:0"),
                        "writer",
                        Map.of("http", "127.0.0.1:0", "fence-window", "4s"),
                        "caches",
                        all));
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
    }

    void execute(String... sql) throws SQLException {
        in(name, sql);
    }

    private void in(String database, String... sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    /** The first column of all rows, parted by commas. */
    String text(String sql) throws SQLException {
        try (Connection connection = connect(name);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            StringBuilder text = new StringBuilder();
            while (rows.next()) {
                text.append(text.isEmpty() ? "" : ",").append(rows.getString(1));
            }
            return text.toString();
        }
    }

    RedisView redis() {
        return redis;
    }

    /** Fills the keys as an application does that does not know of the change to come. */
    void fill(Collection<String> keys) {
        redis.fill(keys.stream().map(Entry::ofKey).toList(), "old");
    }

    /** Those of the keys that do not stand. */
    Set<String> gone(Collection<String> keys) {
        Set<String> gone = new TreeSet<>(keys);
        redis.entries().forEach(entry -> gone.remove(entry.key()));
        return gone;
    }

    void awaitGone(Collection<String> keys) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> gone(keys).size() == keys.size());
    }

    /** Runs the statements with all keys filled, until everything before a beat is applied: exactly the expected are gone. */
    void play(Set<String> all, Set<String> expected, String... sql) throws SQLException {
        fill(all);
        execute(sql);
        beat();
        try {
            await().atMost(Duration.ofSeconds(10))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> gone(all).containsAll(expected));
        } catch (ConditionTimeoutException e) {
            // What is missing is told below.
        }
        assertThat(gone(all)).as(String.join("; ", sql)).isEqualTo(new TreeSet<>(expected));
    }

    /** Returns when a change of a table that nothing else maps is applied. */
    void beat() throws SQLException {
        beats++;
        Set<String> key = Set.of("beat:" + beats);
        fill(key);
        execute("INSERT INTO beat VALUES (" + beats + ")");
        awaitGone(key);
    }

    /** Who is connected for the product: roles, by what the connections call themselves. */
    String rolesOfTheProduct() throws SQLException {
        return text("SELECT DISTINCT usename::text FROM pg_stat_activity WHERE datname = '" + name
                + "' AND pid <> pg_backend_pid() AND usename <> '" + server.user() + "' OR usename = '" + SetUp.ROLE
                + "' ORDER BY 1");
    }

    @Override
    public void close() {
        redis.close();
    }
}
