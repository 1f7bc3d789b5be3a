package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Redis killed and frozen under load: no request fails, and the source sees no more loads at a time than it may. */
class DegradationIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int READERS = 64;
    private static final int LOADS = 4;

    private final EmbeddedStack stack = EmbeddedStack.builder().redis().start();
    private final RedisClient client = RedisClient.create(stack.redis().url());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FreshCache cache = FreshCache.builder(client, Optional::empty)
            .maxConcurrentLoads(LOADS)
            .commandTimeout(Duration.ofMillis(250))
            .meters(meters)
            .build();
    private final ExecutorService readers = Executors.newFixedThreadPool(READERS);
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicLong answered = new AtomicLong();
    private final List<CompletableFuture<Void>> load = new ArrayList<>();

    @AfterEach
    void close() {
        stop.set(true);
        readers.shutdownNow();
        cache.close();
        client.shutdown();
        stack.close();
    }

    private void start() {
        for (int i = 0; i < READERS; i++) {
            int reader = i;
            load.add(CompletableFuture.runAsync(
                    () -> {
                        for (int n = 0; !stop.get(); n++) {
                            String key = "key:" + (reader * 31 + n) % 200;
                            String value = cache.<String, RuntimeException>get(key, String.class, () -> source(key))
                                    .orElseThrow();
                            assertThat(value).isEqualTo(key);
                            answered.incrementAndGet();
                        }
                    },
                    readers));
        }
    }

    private Optional<String> source(String key) {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            // A query's time, in which others would run too if they could.
            long end = System.nanoTime() + 1_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            return Optional.of(key);
        } finally {
            running.decrementAndGet();
        }
    }

    private void awaitAnswers(long more) {
        long from = answered.get();
        await().atMost(LIMIT)
                .until(() -> answered.get() >= from + more || load.stream().anyMatch(CompletableFuture::isDone));
    }

    private double reads(Outcome outcome) {
        return meters.get("freshet.cache.reads")
                .tag("outcome", outcome.tag)
                .counter()
                .count();
    }

    @Test
    void aKilledRedisFailsNoReadAndCrushesNoSource() {
        start();
        awaitAnswers(500);
        stack.redis().kill();
        await().atMost(LIMIT).until(() -> reads(Outcome.DEGRADED) > 0);
        awaitAnswers(2000);
        await().atMost(LIMIT)
                .until(() -> meters.get("freshet.cache.breaker.open").gauge().value() == 1);

        stop.set(true);
        load.forEach(CompletableFuture::join);
        assertThat(most).hasValueLessThanOrEqualTo(LOADS).hasValueGreaterThan(1);
    }

    @Test
    void aFrozenRedisIsLeftAloneUntilItAnswersAgain() throws Exception {
        start();
        awaitAnswers(500);
        signal("STOP");
        try {
            await().atMost(LIMIT)
                    .until(() ->
                            meters.get("freshet.cache.breaker.open").gauge().value() == 1);
            awaitAnswers(2000);
        } finally {
            signal("CONT");
        }
        await().atMost(LIMIT)
                .until(() -> meters.get("freshet.cache.breaker.open").gauge().value() == 0);

        stop.set(true);
        load.forEach(CompletableFuture::join);
        assertThat(most).hasValueLessThanOrEqualTo(LOADS);
    }

    private void signal(String signal) throws Exception {
        assertThat(new ProcessBuilder(
                                "sh",
                                "-c",
                                "kill -" + signal + " " + stack.redis().pid())
                        .start()
                        .waitFor())
                .isZero();
    }
}
