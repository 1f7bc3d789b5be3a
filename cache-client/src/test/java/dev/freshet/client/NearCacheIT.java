package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The near cache on a Redis of its own, so that pausing and killing it disturbs nobody. */
class NearCacheIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final EmbeddedStack stack = EmbeddedStack.builder().redis().start();
    private final RedisClient client = RedisClient.create(stack.redis().url());
    private final RedisCommands<String, String> redis = client.connect().sync();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger loads = new AtomicInteger();
    private final FreshCache cache = FreshCache.builder(client, Optional::empty)
            .nearCache(1 << 20, Duration.ofMinutes(1))
            .commandTimeout(Duration.ofSeconds(5))
            .meters(meters)
            .pipeline("shop")
            .build();

    @BeforeEach
    void warm() {
        redis.set("k", "\"one\"");
        untilNear("k", "one");
    }

    @AfterEach
    void close() {
        cache.close();
        client.shutdown();
        stack.close();
    }

    private String read(String key) {
        return cache.<String, RuntimeException>get(key, String.class, () -> {
                    loads.incrementAndGet();
                    return Optional.of("loaded");
                })
                .orElse("absent");
    }

    private double near() {
        return meters.get("freshet.cache.reads")
                .tag("outcome", Outcome.NEAR_HIT.tag)
                .counter()
                .count();
    }

    /** Reads until this process answers by itself, and with this. */
    private void untilNear(String key, String value) {
        await().atMost(LIMIT).until(() -> {
            double before = near();
            return read(key).equals(value) && near() > before;
        });
    }

    @Test
    void aChangeIsToldAndTheValueReadAgain() {
        redis.set("k", "\"two\"");
        await().atMost(LIMIT).until(() -> read("k").equals("two"));
        untilNear("k", "two");
        redis.del("k");
        await().atMost(LIMIT).until(() -> read("k").equals("loaded"));
    }

    @Test
    void theApplicationsOwnInvalidationIsFeltAtOnce() {
        for (int i = 0; i < 20; i++) {
            redis.set("own", "\"" + i + "\"");
            untilNear("own", Integer.toString(i));
            assertThat(cache.invalidate("own")).isTrue();
            assertThat(read("own")).isEqualTo("loaded");
        }
    }

    /** One that was read over another connection may have overtaken the push of a change before it. */
    @Test
    void besideAWatermarkAValueIsServedOnlyIfThatCameOverTheSameConnection() {
        applied("0/10");
        ReadOptions lately = ReadOptions.defaults().withMaxStaleness(Duration.ofHours(1));
        // A batch asks over the connection that all commands go over.
        assertThat(cache.getAll(List.of("k"), ValueType.of(String.class), missing -> Map.of(), lately)
                        .get("k"))
                .contains("one");
        double before = near();
        assertThat(outcome(lately)).isEqualTo(Outcome.HIT);
        assertThat(near()).isEqualTo(before);
        assertThat(meters.get("freshet.cache.near.refused").counter().count()).isEqualTo(1);
        await().atMost(LIMIT).until(() -> outcome(lately) == Outcome.NEAR_HIT);
    }

    @Test
    void aReadWithATokenSkipsThisProcess() {
        applied("0/10");
        untilNear("k", "one");
        ReadOptions token = ReadOptions.defaults().notOlderThan(WriteToken.parse("7:1:0/10"));
        for (int i = 0; i < 3; i++) {
            assertThat(outcome(token)).isEqualTo(Outcome.HIT);
        }
        assertThat(outcome(token.notOlderThan(WriteToken.parse("7:1:0/11")))).isEqualTo(Outcome.BYPASSED_TOKEN);
        applied("0/11");
        assertThat(outcome(token.notOlderThan(WriteToken.parse("7:1:0/11")))).isEqualTo(Outcome.HIT);
    }

    private Outcome outcome(ReadOptions options) {
        return cache.<String, RuntimeException>read(
                        "k", ValueType.of(String.class), () -> Optional.of("loaded"), options)
                .outcome();
    }

    /** As the writer would say it. */
    private void applied(String position) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        redis.hset(
                "freshet:watermark:shop",
                Map.of("system", "7", "timeline", "1", "lsn", position, "source_ts_us", Long.toString(micros)));
    }

    @Test
    void flushingEverythingFlushesTheNearCacheToo() {
        redis.flushall();
        await().atMost(LIMIT).until(() -> read("k").equals("loaded"));
    }

    @Test
    void aLostConnectionTakesItsValuesWithIt() {
        // Killed as the server would lose it: no push tells of the change.
        List<String> tracked = redis.clientList()
                .lines()
                .filter(line -> line.contains(" flags=t"))
                .map(line -> line.replaceAll("^id=(\\d+) .*", "$1"))
                .toList();
        assertThat(tracked).hasSize(1);
        redis.multi();
        redis.set("k", "\"two\"");
        redis.clientKill(KillArgs.Builder.id(Long.parseLong(tracked.get(0))));
        redis.exec();
        await().atMost(LIMIT).until(() -> read("k").equals("two"));
        untilNear("k", "two");
        redis.set("k", "\"three\"");
        await().atMost(LIMIT).until(() -> read("k").equals("three"));
    }

    @Test
    void valuesAreNotServedWhileRedisGivesNoSignOfLife() throws Exception {
        assertThat(read("k")).isEqualTo("one");
        Process paused =
                new ProcessBuilder("sh", "-c", "kill -STOP " + stack.redis().pid()).start();
        assertThat(paused.waitFor()).isZero();
        try {
            await().atMost(LIMIT).until(() -> read("k").equals("loaded"));
        } finally {
            assertThat(new ProcessBuilder(
                                    "sh", "-c", "kill -CONT " + stack.redis().pid())
                            .start()
                            .waitFor())
                    .isZero();
        }
        untilNear("k", "one");
    }

    @Test
    void aKilledRedisIsDoneWithoutAndUsedAgain() {
        stack.redis().kill();
        await().atMost(LIMIT).until(() -> stack.redis().pid() == 0);
        await().atMost(LIMIT).until(() -> read("k").equals("loaded"));
        stack.redis().start();
        untilNear("k", "one");
    }

    @Test
    void itRefusesAClientThatSpeaksAnOlderProtocol() {
        RedisClient old = RedisClient.create(stack.redis().url());
        try {
            old.setOptions(ClientOptions.builder()
                    .protocolVersion(ProtocolVersion.RESP2)
                    .build());
            FreshCache.Builder builder =
                    FreshCache.builder(old, Optional::empty).nearCache(1000, Duration.ofMinutes(1));
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("RESP3");
        } finally {
            old.shutdown();
        }
    }

    @Test
    void itRefusesACluster() {
        try (EmbeddedStack cluster = EmbeddedStack.builder()
                .redis(List.of("--appendonly", "no", "--cluster-enabled", "yes"))
                .start()) {
            RedisClient node = RedisClient.create(cluster.redis().url());
            try {
                FreshCache.Builder builder =
                        FreshCache.builder(node, Optional::empty).nearCache(1000, Duration.ofMinutes(1));
                assertThatThrownBy(builder::build)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("Redis Cluster");
            } finally {
                node.shutdown();
            }
        }
    }
}
