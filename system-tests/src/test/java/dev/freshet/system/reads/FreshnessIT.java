package dev.freshet.system.reads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.client.FreshCache;
import dev.freshet.client.JdbcLoader;
import dev.freshet.client.ReadOptions;
import dev.freshet.client.ValueType;
import dev.freshet.client.WriteToken;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.JavaProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What reads that demand freshness return, with a listener and a writer in processes of their own. Beside them, reads that
 * demand nothing: what those may return, the others must not, and the judge tells them apart.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FreshnessIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final ReadOptions FRESH = ReadOptions.defaults().withMaxStaleness(LIMIT);
    private static final ValueType<Long> TYPE = ValueType.of(Long.class);

    private static final Versions versions = new Versions();
    private static Pipeline pipeline;
    private static RedisClient client;
    private static RedisClient reading;
    private static HikariDataSource source;

    @TempDir
    static Path directory;

    @BeforeAll
    static void start() throws SQLException {
        client = RedisClient.create(EmbeddedStack.shared().redis().url());
        reading = RedisClient.create(
                Versions.reader(EmbeddedStack.shared().redis().url()));
        RedisCommands<String, String> redis = client.connect().sync();
        redis.flushall();
        PostgresServer postgres = EmbeddedStack.shared().postgres();
        pipeline = Pipeline.start(
                List.of("listener", "writer"),
                postgres,
                Versions.PIPELINE,
                directory,
                "2s",
                Versions.CACHES,
                Versions.SCHEMA);
        source = new HikariDataSource();
        source.setJdbcUrl(pipeline.url());
        source.setUsername(postgres.user());
        source.setPassword(postgres.password());
        source.setMaximumPoolSize(8);
        // The flush of the first attach refuses all fills for a window.
        await().atMost(PATIENCE)
                .until(() -> redis.exists("freshet:watermark:" + Versions.PIPELINE) == 1
                        && redis.keys("freshet:pattern:*").stream().noneMatch(fence -> redis.exists(fence) > 0));
    }

    @AfterAll
    static void end() throws SQLException {
        source.close();
        pipeline.close();
        client.shutdown();
        reading.shutdown();
    }

    /** A write whose token another process reads with, at once or a while later. */
    private record Pair(int item, long version, String token, long dueNanos) {}

    /**
     * Half of the pairs are read at once, when the change is hardly applied; the others up to 2 s later, when the
     * watermark has passed most of them and Redis answers.
     */
    @Test
    @Order(1)
    void aReadWithAWritesTokenReturnsThatWriteOrANewerInAnotherProcess() throws Exception {
        int pairs = Integer.getInteger("freshet.tokens.pairs", 500);
        long seed = Long.getLong("freshet.tokens.seed", System.nanoTime());
        Random random = new Random(seed);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        PostgresServer postgres = EmbeddedStack.shared().postgres();
        try (Connection connection = pipeline.connect();
                JavaProcess reader = JavaProcess.start(
                        directory,
                        TokenReaders.class,
                        "96m",
                        List.of(EmbeddedStack.shared().redis().url(), pipeline.url(), postgres.user()),
                        Map.of("SOURCE_PASSWORD", postgres.password()),
                        told::add)) {
            assertThat(next(told, reader)).isEqualTo("ready");
            Map<String, Integer> outcomes = new TreeMap<>();
            List<String> old = new ArrayList<>();
            Queue<Pair> waiting = new PriorityQueue<>(Comparator.comparingLong(Pair::dueNanos));
            int written = 0;
            while (written < pairs || !waiting.isEmpty()) {
                if (written < pairs) {
                    waiting.add(write(connection, random));
                    written++;
                }
                // Somebody who wants nothing in particular fills the cache.
                read(reader, told, random.nextInt(Versions.ITEMS), "");
                while (!waiting.isEmpty() && waiting.peek().dueNanos() <= System.nanoTime()) {
                    Pair pair = waiting.remove();
                    String[] answer = read(reader, told, pair.item(), pair.token());
                    outcomes.merge(answer[1], 1, Integer::sum);
                    if (Long.parseLong(answer[0]) < pair.version()) {
                        old.add(pair + " read as " + String.join(", ", answer));
                    }
                }
            }
            int without = 0;
            for (int i = 0; i < pairs / 2; i++) {
                Pair pair = write(connection, random);
                read(reader, told, random.nextInt(Versions.ITEMS), "");
                without += Long.parseLong(read(reader, told, pair.item(), "")[0]) < pair.version() ? 1 : 0;
            }
            System.out.println("FreshnessIT: " + pairs + " pairs, " + old.size() + " old, " + outcomes
                    + "; without tokens " + without + " of " + pairs / 2 + " old; -Dfreshet.tokens.seed=" + seed);
            assertThat(old).as("seed " + seed).isEmpty();
            assertThat(outcomes.values().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(pairs);
            assertThat(outcomes).containsKeys("HIT", "BYPASSED_TOKEN").doesNotContainKeys("NEAR_HIT", "DEGRADED");
            assertThat(without).as("old values without tokens").isPositive();
        }
    }

    private static Pair write(Connection connection, Random random) throws SQLException {
        int item = random.nextInt(Versions.ITEMS);
        long version = versions.change(connection, item);
        long delay = random.nextBoolean() ? 0 : TimeUnit.MILLISECONDS.toNanos(random.nextInt(2000));
        return new Pair(item, version, WriteToken.take(connection).toString(), System.nanoTime() + delay);
    }

    private static String[] read(JavaProcess reader, BlockingQueue<String> told, int item, String token)
            throws InterruptedException {
        reader.tell(Versions.key(item) + "\t" + token);
        return next(told, reader).split("\t", -1);
    }

    private static String next(BlockingQueue<String> told, JavaProcess reader) throws InterruptedException {
        String line = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("no answer" + reader.lastWords());
        }
        return line;
    }

    @Test
    @Order(2)
    void withoutAListenerNoReadIsStalerThanItAllows() throws SQLException {
        SimpleMeterRegistry freshMeters = new SimpleMeterRegistry();
        SimpleMeterRegistry plainMeters = new SimpleMeterRegistry();
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(6);
        try (Connection connection = pipeline.connect();
                FreshCache fresh = Versions.cache(reading, source, freshMeters);
                FreshCache plain = Versions.cache(reading, source, plainMeters)) {
            Readers demanding = new Readers(fresh, FRESH);
            Readers undemanding = new Readers(plain, ReadOptions.defaults());
            Random random = new Random(1);
            every(threads, 4, () -> versions.change(connection, random.nextInt(Versions.ITEMS)));
            for (int i = 0; i < 3; i++) {
                Random own = new Random(i);
                every(threads, 1, () -> demanding.read(own));
            }
            Random own = new Random(4);
            every(threads, 1, () -> undemanding.read(own));
            awaitThat(demanding, () -> reads(freshMeters, "near_hit") > 200 && reads(freshMeters, "hit") > 200);
            double bypassed = reads(freshMeters, "bypassed_staleness");

            pipeline.kill("listener");
            long stopped = System.nanoTime();
            awaitThat(
                    demanding,
                    () -> undemanding.tooOld.get() > 100
                            && System.nanoTime() - stopped
                                    > LIMIT.multipliedBy(2).toNanos()
                            && reads(freshMeters, "bypassed_staleness") > bypassed + 500);
            threads.shutdownNow();

            System.out.println(
                    "FreshnessIT: " + demanding + ", " + figures(freshMeters) + "; without a demand " + undemanding);
            assertThat(demanding.tooOld).hasValue(0);
            assertThat(freshMeters.get("freshet.cache.near.refused").counter().count())
                    .as("values of this process that were not served")
                    .isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    private interface Step {
        void run() throws SQLException;
    }

    private static final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private static void every(ScheduledExecutorService threads, long millis, Step step) {
        var unused = threads.scheduleWithFixedDelay(
                () -> {
                    try {
                        step.run();
                    } catch (SQLException | RuntimeException | Error e) {
                        if (!threads.isShutdown()) {
                            failures.add(e);
                        }
                    }
                },
                0,
                millis,
                TimeUnit.MILLISECONDS);
    }

    private static void awaitThat(Readers demanding, Callable<Boolean> condition) {
        await().atMost(PATIENCE)
                .failFast(() -> {
                    assertThat(failures).isEmpty();
                    assertThat(demanding.tooOld).as(demanding::toString).hasValue(0);
                })
                .until(condition);
    }

    private static double reads(SimpleMeterRegistry meters, String outcome) {
        return meters.get("freshet.cache.reads")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static Map<String, Long> figures(SimpleMeterRegistry meters) {
        Map<String, Long> figures = new TreeMap<>();
        for (Counter counter : meters.get("freshet.cache.reads").counters()) {
            figures.put(counter.getId().getTag("outcome"), (long) counter.count());
        }
        return figures;
    }

    /** Reads in every way there is, each judged when it has returned. Thread-safe. */
    private static final class Readers {
        private final FreshCache cache;
        private final ReadOptions options;
        private final AtomicLong reads = new AtomicLong();
        private final AtomicLong tooOld = new AtomicLong();
        private final AtomicLong oldestNanos = new AtomicLong();

        Readers(FreshCache cache, ReadOptions options) {
            this.cache = cache;
            this.options = options;
        }

        void read(Random random) throws SQLException {
            int item = random.nextInt(Versions.ITEMS);
            String key = Versions.key(item);
            long begun = System.nanoTime();
            switch (random.nextInt(6)) {
                case 0 -> {
                    String other = Versions.key((item + 1) % Versions.ITEMS);
                    Map<String, Optional<Long>> values =
                            cache.getAll(List.of(key, other), TYPE, Readers::load, options);
                    judge(item, begun, Objects.requireNonNull(values.get(key)).orElseThrow());
                }
                case 1 -> {
                    long value = cache.getAsync(key, TYPE, () -> completed(key), options)
                            .join()
                            .orElseThrow();
                    judge(item, begun, value);
                }
                default -> {
                    JdbcLoader<Long> loader = JdbcLoader.of(source, open -> Versions.load(open, key));
                    judge(item, begun, cache.get(key, TYPE, loader, options).orElseThrow());
                }
            }
        }

        private void judge(int item, long begun, long version) {
            Duration outdated = versions.outdated(item, version, begun);
            reads.incrementAndGet();
            oldestNanos.accumulateAndGet(outdated.toNanos(), Math::max);
            if (outdated.compareTo(LIMIT) > 0) {
                tooOld.incrementAndGet();
            }
        }

        private static Map<String, Long> load(Set<String> keys) throws SQLException {
            Map<String, Long> values = new TreeMap<>();
            try (Connection connection = source.getConnection()) {
                for (String key : keys) {
                    Versions.load(connection, key).ifPresent(version -> values.put(key, version));
                }
            }
            return values;
        }

        private static CompletionStage<Optional<Long>> completed(String key) {
            try (Connection connection = source.getConnection()) {
                return CompletableFuture.completedStage(Versions.load(connection, key));
            } catch (SQLException e) {
                return CompletableFuture.failedStage(e);
            }
        }

        @Override
        public String toString() {
            return reads + " reads, " + tooOld + " more than " + LIMIT.toMillis() + " ms out of date, the worst "
                    + Duration.ofNanos(oldestNanos.get()).toMillis() + " ms";
        }
    }
}
