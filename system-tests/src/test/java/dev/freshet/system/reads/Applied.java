package dev.freshet.system.reads;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Knows which committed changes are applied, by looking for their transactions in the fences of their keys. Thread-safe. */
final class Applied implements AutoCloseable {

    private record Change(String key, String transaction, long committed) {}

    private final StatefulRedisConnection<String, String> redis;
    private final Queue<Change> told = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor();
    private volatile long longest;

    Applied(StatefulRedisConnection<String, String> redis) {
        this.redis = redis;
        var unused = looking.scheduleWithFixedDelay(this::look, 0, 10, TimeUnit.MILLISECONDS);
    }

    /** The transaction is committed. */
    void expect(long transaction, Set<String> keys) {
        long now = System.nanoTime();
        pending.addAndGet(keys.size());
        keys.forEach(key -> told.add(new Change(key, Long.toString(transaction), now)));
    }

    private void look() {
        Map<Change, RedisFuture<Double>> asked = new LinkedHashMap<>();
        for (Change change = told.poll(); change != null; change = told.poll()) {
            asked.put(change, redis.async().zscore(fence(change.key), change.transaction));
        }
        asked.forEach((change, score) -> {
            try {
                if (score.get(30, TimeUnit.SECONDS) == null) {
                    told.add(change);
                } else {
                    pending.decrementAndGet();
                    longest = Math.max(longest, System.nanoTime() - change.committed);
                }
            } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
                told.add(change);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    static String fence(String key) {
        return "freshet:fence:{" + key + "}:" + key;
    }

    /** How many keys of committed changes are not known to be invalidated. */
    int pending() {
        return pending.get();
    }

    /** The longest time from a commit's return until its key was found invalidated. */
    Duration longest() {
        return Duration.ofNanos(longest);
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }

    @Override
    public String toString() {
        return pending + " pending: " + told.stream().limit(5).toList();
    }
}
