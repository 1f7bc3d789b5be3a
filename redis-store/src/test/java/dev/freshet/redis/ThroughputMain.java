package dev.freshet.redis;

import dev.freshet.model.KeyScan;
import dev.freshet.redis.KeyCommand.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

/**
 * How many commands a second the store carries. Arguments: the url of an empty Redis (default: one of its own), and how
 * many commands (default 400000). Prints commands a second of wall clock, and a second of Redis's own processor time.
 */
final class ThroughputMain {

    private static final int AT_ONCE = 8192;

    private ThroughputMain() {}

    public static void main(String[] arguments) {
        int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 400_000;
        if (arguments.length > 0 && !arguments[0].equals("-")) {
            run(arguments[0], count);
            return;
        }
        try (TestRedis redis = TestRedis.start()) {
            run(redis.url(), count);
        }
    }

    private static void run(String url, int count) {
        String padding = "x".repeat(180);
        for (int round = 0; round < 2; round++) {
            measure(
                    url,
                    "unlink, unfenced, keys absent",
                    count,
                    i -> CacheStoreContract.invalidate("user:" + i, Fence.NONE));
            measure(
                    url,
                    "unlink, fenced, keys absent, one id in 100",
                    count,
                    i -> CacheStoreContract.invalidate("user:" + i, Fence.of(7_000_000L + i / 100)));
            measure(
                    url,
                    "unlink, fenced, 1000 hot keys",
                    count,
                    i -> CacheStoreContract.invalidate("user:" + i % 1000, Fence.of(7_000_000L + i / 100)));
            measure(
                    url,
                    "unlink, fenced, guarded",
                    count / 4,
                    i -> CacheStoreContract.invalidateAt("user:" + i, Fence.of(7_000_000L + i / 100), i));
            measure(
                    url,
                    "store 200 bytes, ttl",
                    count / 4,
                    i -> new KeyCommand.Store(
                            "user:" + i,
                            Optional.empty(),
                            new Value.Text(padding + i),
                            Optional.of(Duration.ofHours(1)),
                            Fence.of(7_000_000L + i / 100),
                            CacheStoreContract.at(i),
                            List.of("user:*")));
            fillAndSweep(url, count / 4, padding);
        }
    }

    private static void fillAndSweep(String url, int count, String padding) {
        try (RedisCacheStore store = RedisCacheStore.at(url, Duration.ofSeconds(30), Duration.ofSeconds(30))) {
            List<KeyCommand> stores = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                stores.add(new KeyCommand.Store(
                        "user:" + i,
                        Optional.empty(),
                        new Value.Text(padding),
                        Optional.empty(),
                        Fence.NONE,
                        CacheStoreContract.at(i),
                        List.of()));
            }
            store.sweep(KeyScan.ofGlob("*"), Optional.empty())
                    .toCompletableFuture()
                    .join();
            try (Probe probe = new Probe(url)) {
                probe.flush();
                store.apply(stores).toCompletableFuture().join();
                probe.start();
                store.sweep(KeyScan.ofGlob("user:*"), Optional.empty())
                        .toCompletableFuture()
                        .join();
                probe.report("sweep", count);
            }
        }
    }

    private static void measure(String url, String what, int count, IntFunction<KeyCommand> command) {
        try (RedisCacheStore store = RedisCacheStore.at(url, Duration.ofSeconds(30), Duration.ofSeconds(30));
                Probe probe = new Probe(url)) {
            probe.flush();
            probe.start();
            CompletionStage<?> before = store.apply(List.of());
            for (int from = 0; from < count; from += AT_ONCE) {
                List<KeyCommand> commands = new ArrayList<>();
                for (int i = from; i < Math.min(count, from + AT_ONCE); i++) {
                    commands.add(command.apply(i));
                }
                CompletionStage<?> now = store.apply(commands);
                // One call is under way while the next is made.
                before.toCompletableFuture().join();
                before = now;
            }
            before.toCompletableFuture().join();
            probe.report(what, count);
        }
    }

    /** Redis's processor time beside the wall clock. */
    private static final class Probe implements AutoCloseable {

        private final io.lettuce.core.RedisClient client;
        private final io.lettuce.core.api.sync.RedisCommands<String, String> redis;
        private long began;
        private double processor;

        Probe(String url) {
            client = io.lettuce.core.RedisClient.create(url);
            redis = client.connect().sync();
        }

        void flush() {
            redis.flushall();
        }

        void start() {
            processor = processor();
            began = System.nanoTime();
        }

        void report(String what, int count) {
            double seconds = (System.nanoTime() - began) / 1e9;
            double busy = processor() - processor;
            System.out.printf(
                    "%-45s %,10.0f a second, %,10.0f a second of Redis's processor%n",
                    what, count / seconds, count / busy);
        }

        private double processor() {
            return redis.info("cpu")
                    .lines()
                    .filter(line -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
                    .sum();
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }
}
