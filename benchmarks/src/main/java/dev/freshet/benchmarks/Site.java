package dev.freshet.benchmarks;

import dev.freshet.benchmarks.load.Source;
import dev.freshet.benchmarks.load.Watcher;
import dev.freshet.benchmarks.peer.PeerSettings;
import dev.freshet.benchmarks.resp.RespConnection;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** The servers that all are measured on, and a directory for files. Confined to one thread. */
final class Site implements AutoCloseable {

    private static final int AT_ONCE = 500;
    private static final String VALUE = "v".repeat(100);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final EmbeddedStack stack;
    private final Path directory;
    private final Source source;

    private Site(EmbeddedStack stack, Path directory, int rows) {
        this.stack = stack;
        this.directory = directory;
        this.source = Source.of(stack.postgres(), rows);
    }

    /**
     * Starts them, with the table that changes. Redis keeps nothing on the disk: it is a cache.
     *
     * @param fsync whether PostgreSQL writes to the disk before it acknowledges
     * @param rows of the table; the last is changed only to see whether changes take effect
     */
    static Site start(boolean fsync, int rows) throws SQLException {
        try {
            Path directory = Files.createTempDirectory("freshet-bench");
            EmbeddedStack stack = EmbeddedStack.builder()
                    .fsync(fsync)
                    // No checkpoint and no vacuum falls into one measurement and not into another.
                    .postgres(Map.of(
                            "max_wal_size",
                            "16GB",
                            "checkpoint_timeout",
                            "1h",
                            "shared_buffers",
                            "512MB",
                            "autovacuum",
                            "off"))
                    .redis(List.of("--appendonly", "no"))
                    // As brokers run, and as the peers' published figures were measured: a topic's replicas make a
                    // record durable, not a flush of the disk for each.
                    .kafka(Map.of("log.flush.interval.messages", Long.toString(Long.MAX_VALUE)))
                    .start();
            Site site = new Site(stack, directory, rows);
            site.source.makeTable(Source.TABLE);
            return site;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Source source() {
        return source;
    }

    Path directory() {
        return directory;
    }

    String kafka() {
        return stack.kafka().bootstrapServers();
    }

    String redisUrl() {
        return stack.redis().url();
    }

    RespConnection redis() {
        RedisServer redis = stack.redis();
        return RespConnection.open(redis.host(), redis.port());
    }

    PeerSettings peer() {
        return new PeerSettings(
                source.url(),
                source.user(),
                source.password(),
                stack.redis().host(),
                stack.redis().port());
    }

    /** The processes of all servers. */
    List<Long> servers() {
        return Usage.withDescendants(List.of(
                stack.postgres().pid(), stack.redis().pid(), stack.kafka().pid()));
    }

    String describeServers() throws SQLException {
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement();
                ResultSet version = statement.executeQuery("SHOW server_version");
                RespConnection redis = redis()) {
            version.next();
            String info = String.valueOf(redis.ask("INFO", "server"));
            String redisVersion = info.lines()
                    .filter(line -> line.startsWith("redis_version:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("?");
            return "PostgreSQL " + version.getString(1) + ", Redis " + redisVersion + ", Kafka "
                    + org.apache.kafka.common.utils.AppInfoParser.getVersion();
        }
    }

    /** Stores a value at the keys of these rows, as an application would. */
    void fill(String prefix, int from, int count) {
        try (RespConnection redis = redis()) {
            int sent = 0;
            for (int row = from; row < from + count; row += AT_ONCE) {
                List<String> words = new ArrayList<>(List.of("MSET"));
                for (int i = row; i < Math.min(from + count, row + AT_ONCE); i++) {
                    words.add(prefix + i);
                    words.add(VALUE);
                }
                redis.send(words.toArray(String[]::new));
                sent++;
                if (sent % 50 == 0) {
                    redis.flush();
                }
            }
            redis.flush();
            for (int i = 0; i < sent; i++) {
                redis.read();
            }
        }
    }

    Watcher watch(String prefix) {
        return Watcher.of(redis(), prefix, source.rows());
    }

    /** Returns when a change that is committed now takes effect. */
    void awaitEffect(String prefix) throws SQLException {
        int probe = source.rows() - 1;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            fill(prefix, probe, 1);
            try (Watcher watcher = watch(prefix)) {
                source.change(Source.TABLE, probe, 1, 1);
                if (watcher.await(1, Duration.ofMillis(500))) {
                    return;
                }
            }
        }
        throw new BenchException("no change takes effect within " + PATIENCE.toSeconds() + " s");
    }

    /** Nothing of anybody is left: no slot, publication, key or topic; the table is as new. */
    void clear() throws SQLException, InterruptedException {
        dropSlots();
        for (String publication : names("SELECT pubname FROM pg_publication")) {
            source.run("DROP PUBLICATION \"" + publication + "\"");
        }
        try (RespConnection redis = redis()) {
            redis.ask("FLUSHALL");
        }
        clearKafka();
        source.run("VACUUM " + Source.TABLE, "CHECKPOINT");
    }

    private void dropSlots() throws SQLException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        List<String> slots = names("SELECT slot_name FROM pg_replication_slots");
        while (!slots.isEmpty()) {
            if (System.nanoTime() > end) {
                throw new BenchException("these replication slots stay in use: " + slots);
            }
            for (String slot : names("SELECT slot_name FROM pg_replication_slots WHERE NOT active")) {
                source.run("SELECT pg_drop_replication_slot('" + slot + "')");
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            slots = names("SELECT slot_name FROM pg_replication_slots");
        }
    }

    private List<String> names(String query) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private void clearKafka() throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka()))) {
            admin.deleteTopics(admin.listTopics().names().get()).all().get();
        } catch (ExecutionException e) {
            throw new BenchException("the topics could not be deleted", e);
        }
    }

    @Override
    public void close() {
        stack.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
