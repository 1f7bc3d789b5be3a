package dev.freshet.benchmarks.micro;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.client.FreshCache;
import dev.freshet.client.SnapshotSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a read costs: beside a plain GET, and beside a hand-written cache-aside. One thread; the median of a read over the
 * loopback is mostly the loopback's.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ReadBenchmark {

    private static final int ROWS = 1000;
    private static final String HOT = "bench:book:1";

    /** A row. */
    public record Book(long id, String title, String author) {}

    private final RedisClient client = RedisClient.create(System.getProperty("bench.redis"));
    private final RedisCommands<String, String> redis = client.connect().sync();
    private final ObjectMapper mapper = new ObjectMapper();
    private final HikariDataSource source = source();
    private final FreshCache near = FreshCache.builder(client, SnapshotSource.of(source))
            .nearCache(16 << 20, Duration.ofMinutes(10))
            .build();
    private final FreshCache far =
            FreshCache.builder(client, SnapshotSource.of(source)).build();
    private final AtomicLong next = new AtomicLong();

    private static HikariDataSource source() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(System.getProperty("bench.postgres"));
        config.setUsername(System.getProperty("bench.user"));
        config.setPassword(System.getProperty("bench.password"));
        config.setMaximumPoolSize(4);
        return new HikariDataSource(config);
    }

    /** Makes the rows, and a value at the hot key that is near. */
    @Setup
    public void layOut() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS bench_books");
            statement.execute("CREATE TABLE bench_books (id bigint PRIMARY KEY, title text, author text)");
            statement.execute("INSERT INTO bench_books SELECT n, 'The title of book ' || n, 'Author ' || n % 97"
                    + " FROM generate_series(0, " + (ROWS - 1) + ") n");
        }
        redis.flushall();
        far.get(HOT, Book.class, () -> load(1));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < end) {
            near.get(HOT, Book.class, () -> load(1));
        }
    }

    /** Ends everything that it opened. */
    @TearDown
    public void end() {
        near.close();
        far.close();
        client.shutdown();
        source.close();
    }

    private Optional<Book> load(long id) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("SELECT id, title, author FROM bench_books WHERE id = ?")) {
            query.setLong(1, id);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new Book(row.getLong(1), row.getString(2), row.getString(3)))
                        : Optional.empty();
            }
        }
    }

    private String cold() {
        return "bench:cold:" + next.incrementAndGet();
    }

    /** A value that this process holds. */
    @Benchmark
    public Optional<Book> nearHit() throws SQLException {
        return near.get(HOT, Book.class, () -> load(1));
    }

    /** A value in Redis, through the client. */
    @Benchmark
    public Optional<Book> redisHit() throws SQLException {
        return far.get(HOT, Book.class, () -> load(1));
    }

    /** The same by hand: a GET and Jackson. */
    @Benchmark
    public Book redisHitByHand() throws JsonProcessingException {
        return mapper.readValue(redis.get(HOT), Book.class);
    }

    /** A miss: GET, lease, snapshot, load, fill. */
    @Benchmark
    public Optional<Book> missFenced() throws SQLException {
        String key = cold();
        return far.get(key, Book.class, () -> load(key.hashCode() & 511));
    }

    /** A miss by hand: GET, load, SET; unsafe. */
    @Benchmark
    public Optional<Book> missByHand() throws SQLException, JsonProcessingException {
        String key = cold();
        String there = redis.get(key);
        if (there != null) {
            return Optional.of(mapper.readValue(there, Book.class));
        }
        Optional<Book> book = load(key.hashCode() & 511);
        redis.set(key, mapper.writeValueAsString(book.orElseThrow()), SetArgs.Builder.ex(3600));
        return book;
    }
}
