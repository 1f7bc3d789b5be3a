package dev.freshet.system.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.client.FreshCache;
import dev.freshet.client.JdbcLoader;
import dev.freshet.client.Loader;
import dev.freshet.client.ReadOptions;
import dev.freshet.client.SnapshotSource;
import dev.freshet.client.ValueType;
import dev.freshet.system.oracle.Entry;
import dev.freshet.system.process.ClusterUrl;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Threads that read, and so fill, through whatever happens. A read may fail as its loader fails, where the database is
 * away; any other failure is the cache's, and one too many.
 */
final class Readers implements AutoCloseable {

    private static final int THREADS = 3;
    private static final int PAUSE_MILLIS = 5;
    private static final ValueType<Map<String, Long>> ROW = new ValueType<>() {};
    private static final ValueType<List<Map<String, Long>>> ROWS = new ValueType<>() {};
    private static final List<Form> FORMS = Stream.of(Form.values())
            .filter(form -> form.filler() == Form.Filler.READER)
            .toList();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HikariDataSource source;
    private final AbstractRedisClient client;
    private final AbstractRedisClient directly;
    private final FreshCache cache;
    private final RedisClusterCommands<String, String> plain;
    private final Chronicle chronicle;
    private final AtomicInteger reads = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Optional<Throwable> failure = Optional.empty();
    private CountDownLatch stopping = new CountDownLatch(0);

    /** How they read. */
    enum Way {
        CACHE_CLIENT,
        /** GET, and on a miss load and SET: what the fill protocol is there to replace. */
        PLAIN
    }

    /**
     * @param redis through a link
     * @param direct past all links
     */
    Readers(HikariDataSource source, String redis, String direct, Duration window, Chronicle chronicle) {
        this.source = source;
        SnapshotSource snapshots = SnapshotSource.of(source);
        FreshCache.Builder builder;
        if (ClusterUrl.is(redis)) {
            RedisClusterClient cluster = ClusterUrl.client(redis);
            RedisClusterClient judges = ClusterUrl.client(direct);
            this.client = cluster;
            this.directly = judges;
            this.plain = judges.connect().sync();
            builder = FreshCache.builder(cluster, snapshots);
        } else {
            RedisClient single = RedisClient.create(redis);
            RedisClient judges = RedisClient.create(direct);
            this.client = single;
            this.directly = judges;
            this.plain = judges.connect().sync();
            builder = FreshCache.builder(single, snapshots);
        }
        this.cache = builder.fenceWindow(window).leaseLife(window.dividedBy(2)).build();
        this.chronicle = chronicle;
    }

    void start(long seed, Way way) {
        stopping = new CountDownLatch(1);
        threads.clear();
        reads.set(0);
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed * 37 + i);
            Thread thread = new Thread(() -> work(random, way), "reader " + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void work(Random random, Way way) {
        try {
            while (!stopping.await(random.nextInt(2 * PAUSE_MILLIS), TimeUnit.MILLISECONDS)) {
                Form form = FORMS.get(random.nextInt(FORMS.size()));
                Entry entry = form.draw(random);
                try {
                    if (way == Way.PLAIN) {
                        readPlainly(form, entry, random);
                    } else {
                        read(form, entry, random);
                    }
                    reads.incrementAndGet();
                } catch (SQLException databaseIsAway) {
                    reads.incrementAndGet();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            failure = Optional.of(e);
        }
    }

    /** Once, on the caller's thread. */
    void read(Form form, Entry entry) throws SQLException {
        read(form, entry, new Random(1));
    }

    private void read(Form form, Entry entry, Random random) throws SQLException {
        ReadOptions options = ReadOptions.defaults()
                .withNegativeTtl(Duration.ofHours(1))
                .tagged(form.tags(entry).toArray(String[]::new));
        if (form.isList()) {
            var unused = cache.get(
                    entry.key(), ROWS, loader(random, c -> Optional.of(rows(c, form, entry, random))), options);
        } else {
            var unused = cache.get(
                    entry.key(),
                    ROW,
                    loader(random, c -> rows(c, form, entry, random).stream().findFirst()),
                    options);
        }
    }

    private <T> Loader<T, SQLException> loader(Random random, JdbcLoader.Query<T> query) {
        if (random.nextBoolean()) {
            return JdbcLoader.of(source, query);
        }
        return () -> {
            try (Connection connection = source.getConnection()) {
                return query.read(connection);
            }
        };
    }

    private List<Map<String, Long>> rows(Connection connection, Form form, Entry entry, Random random)
            throws SQLException {
        List<Map<String, Long>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet found = statement.executeQuery(form.query(entry))) {
                while (found.next()) {
                    Map<String, Long> row = new LinkedHashMap<>();
                    for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                        row.put(found.getMetaData().getColumnLabel(i), found.getLong(i));
                    }
                    rows.add(row);
                }
            }
            // Changes overtake some loads between the query and the fill.
            if (random.nextInt(8) == 0) {
                statement.execute("SELECT pg_sleep(" + random.nextInt(150) / 1000.0 + ")");
            }
        }
        chronicle.loaded(entry, rows.toString());
        return rows;
    }

    private void readPlainly(Form form, Entry entry, Random random) throws SQLException {
        try (Connection connection = source.getConnection()) {
            if (plain.get(entry.key()) == null) {
                List<Map<String, Long>> rows = rows(connection, form, entry, random);
                Object value = form.isList() ? rows : rows.stream().findFirst().orElse(null);
                plain.set(entry.key(), JSON.writeValueAsString(value), SetArgs.Builder.ex(3600));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        } catch (RedisException e) {
            // Redis is away; whoever reads so would go to the database.
        }
    }

    /** Whether what a read loads now arrives in Redis. */
    boolean fills(String key) throws SQLException {
        var unused = cache.<Long, SQLException>get(key, Long.class, () -> Optional.of(1L));
        return plain.exists(key) > 0;
    }

    int reads() {
        return reads.get();
    }

    /** Returns when the last read has ended, and with it its fill. */
    void stop() throws InterruptedException {
        stopping.countDown();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(60));
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " hangs in a read");
            }
        }
        failure.ifPresent(thrown -> {
            throw new AssertionError("a read failed, and not by its loader", thrown);
        });
    }

    @Override
    public void close() {
        stopping.countDown();
        cache.close();
        client.shutdown();
        directly.shutdown();
        source.close();
    }
}
