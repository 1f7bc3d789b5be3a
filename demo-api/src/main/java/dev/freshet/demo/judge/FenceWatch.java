package dev.freshet.demo.judge;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks into Redis, over a connection of its own, for the transactions of committed changes: an invalidation leaves its
 * transaction's id at {@code freshet:fence:{KEY}:KEY} in the step that removes KEY. A look comes later than the
 * invalidation, so what is seen applied was applied. Thread-safe.
 */
final class FenceWatch implements AppliedChanges {

    /** What is not seen for so long never will be: fences do not last. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int AT_ONCE = 500;
    private static final long PAUSE_MILLIS = 5;

    private record Expected(String fence, String member, Version version) {}

    private final String prefix;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> redis;
    private final Queue<Expected> expected = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicLong seen = new AtomicLong();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "judge-fences");
        thread.setDaemon(true);
        return thread;
    });
    private long rest;

    private FenceWatch(String prefix, RedisClient client, StatefulRedisConnection<String, String> redis) {
        this.prefix = prefix;
        this.client = client;
        this.redis = redis;
    }

    /**
     * Connects.
     *
     * @param prefix what stands before the book's id in the key that is watched
     */
    static FenceWatch open(String redisUrl, String prefix) {
        RedisClient client = RedisClient.create();
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        FenceWatch watch = new FenceWatch(prefix, client, client.connect(RedisURI.create(redisUrl)));
        var unused =
                watch.looking.scheduleWithFixedDelay(watch::look, PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return watch;
    }

    @Override
    public void expect(long book, Version version) {
        String key = prefix + book;
        pending.incrementAndGet();
        expected.add(new Expected("freshet:fence:{" + key + "}:" + key, Long.toString(version.transaction()), version));
    }

    @Override
    public long seen() {
        return seen.get();
    }

    @Override
    public int pending() {
        return pending.get();
    }

    /** Many that wait are asked for less often: they wait for something that takes long. */
    private void look() {
        if (rest-- > 0) {
            return;
        }
        rest = pending.get() / 20;
        List<Expected> asked = new ArrayList<>();
        List<RedisFuture<Double>> answers = new ArrayList<>();
        try {
            for (Expected one = expected.poll(); one != null; one = expected.poll()) {
                asked.add(one);
                answers.add(redis.async().zscore(one.fence, one.member));
                if (asked.size() == AT_ONCE) {
                    break;
                }
            }
        } catch (RedisException away) {
            rest = 20;
        }
        for (int i = 0; i < asked.size(); i++) {
            Expected one = asked.get(i);
            if (i < answers.size() && present(answers.get(i))) {
                one.version.applied(System.nanoTime());
                seen.incrementAndGet();
                pending.decrementAndGet();
            } else if (System.nanoTime() - one.version.returned() > PATIENCE.toNanos()) {
                pending.decrementAndGet();
            } else {
                expected.add(one);
            }
        }
    }

    private static boolean present(RedisFuture<Double> answer) {
        try {
            return answer.get(2, TimeUnit.SECONDS) != null;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
        redis.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
