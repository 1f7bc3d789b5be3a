package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.Snapshot;
import dev.freshet.redis.ReadStore.Fill;
import dev.freshet.redis.ReadStore.Filled;
import dev.freshet.redis.ReadStore.Ticket;
import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a reader may do after a miss, on a real Redis. */
class RedisReadStoreIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final RedisReadStore.Settings SETTINGS =
            new RedisReadStore.Settings(WINDOW, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10));
    private static final Snapshot NOW = Snapshot.parse("100:100:");
    private static final byte[] VALUE = "v".getBytes(StandardCharsets.UTF_8);

    private final RedisClient client =
            RedisClient.create(EmbeddedStack.shared().redis().url());
    private final RedisCommands<String, String> redis = client.connect().sync();
    private final RedisReadStore one = RedisReadStore.over(client, SETTINGS);
    private final RedisReadStore other = RedisReadStore.over(client, SETTINGS);
    private final RedisCacheStore writer =
            RedisCacheStore.at(EmbeddedStack.shared().redis().url(), WINDOW);

    @BeforeEach
    void empty() {
        redis.flushall();
        // Both listen before the first waits.
        await().until(() -> redis.pubsubChannels("freshet:wake:*").size() == 2);
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
        writer.close();
        client.shutdown();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static String token(Ticket ticket) {
        assertThat(ticket).isInstanceOf(Ticket.Granted.class);
        return ((Ticket.Granted) ticket).token();
    }

    private static Ticket.Waiting waiting(Ticket ticket) {
        assertThat(ticket).isInstanceOf(Ticket.Waiting.class);
        return (Ticket.Waiting) ticket;
    }

    private static Fill fill(String token) {
        return new Fill("k", token, NOW, Duration.ofMinutes(1), List.of());
    }

    @Test
    void oneIsGrantedAndTheOthersWaitUntilThereIsAValue() {
        String token = token(join(one.lease("k")));
        Ticket.Waiting waits = waiting(join(other.lease("k")));
        assertThat(join(one.fill(fill(token), VALUE))).isEqualTo(Filled.STORED);
        await().until(waits.woken()::isDone);
        assertThat(waits.woken().join()).isTrue();
        assertThat(join(other.lease("k"))).isInstanceOf(Ticket.Present.class);
        assertThat(join(other.get("k")))
                .hasValueSatisfying(value -> assertThat(value).isEqualTo(VALUE));
        assertThat(redis.exists(RedisLayout.waiters("k"))).isZero();
    }

    @Test
    void whoeverWaitsIsWokenWhenTheLeaseIsGivenBack() {
        String token = token(join(one.lease("k")));
        Ticket.Waiting waits = waiting(join(other.lease("k")));
        join(one.release("k", token));
        await().until(waits.woken()::isDone);
        assertThat(waits.woken().join()).isFalse();
    }

    @Test
    void whoeverWaitsIsWokenWhenTheLeaseWasVoidedAndIsGivenBack() {
        String token = token(join(one.lease("k")));
        Ticket.Waiting waits = waiting(join(other.lease("k")));
        join(writer.apply(
                List.of(new KeyCommand.Invalidate("k", Optional.empty(), Fence.of(7), Optional.empty(), false))));
        join(one.release("k", token));
        await().until(waits.woken()::isDone);
        assertThat(waits.woken().join()).isFalse();
    }

    @Test
    void somethingElseAtTheKeyIsForeign() {
        redis.hset("k", "f", "theirs");
        assertThat(join(one.lease("k"))).isInstanceOf(Ticket.Foreign.class);
        assertThatThrownBy(() -> join(one.get("k")))
                .satisfies(
                        failure -> assertThat(RedisReadStore.isForeign(failure)).isTrue());
        assertThat(redis.hget("k", "f")).isEqualTo("theirs");
    }

    @Test
    void patternsPublishedAfterRedisLostItsDataAreNotTakenForOldOnes() {
        join(writer.publishPatterns("shop", Map.of("a", "a:*"), Map.of()));
        assertThat(join(one.fill(fill(token(join(one.lease("k")))), VALUE))).isEqualTo(Filled.STORED);
        redis.flushall();
        join(writer.publishPatterns("shop", Map.of("k", "k*"), Map.of()));
        join(writer.fencePattern("k*", Fence.of(200), Optional.empty()));
        assertThat(join(one.fill(fill(token(join(one.lease("k")))), VALUE))).isEqualTo(Filled.PATTERNS_CHANGED);
        assertThat(join(one.fill(fill(token(join(one.lease("k")))), VALUE))).isEqualTo(Filled.FENCED);
    }

    @Test
    void valuesComeWithTheWatermarkThatSpeaksForThem() {
        redis.set("k", "v");
        assertThat(join(one.attested("shop", List.of("k"))).watermark()).isEmpty();
        redis.hset(
                RedisLayout.watermark("shop"),
                Map.of("system", "7", "timeline", "1", "lsn", "0/10", "source_ts_us", "1000000"));

        ReadStore.Attested told = join(one.attested("shop", List.of("missing", "k")));

        assertThat(told.watermark()).isEqualTo(join(one.watermark("shop"))).isPresent();
        assertThat(told.values().get(0)).isEmpty();
        assertThat(told.values().get(1))
                .hasValueSatisfying(value -> assertThat(value).isEqualTo(VALUE));
    }

    @Test
    void aLeaseMustNotOutliveHalfTheWindow() {
        assertThatThrownBy(() -> new RedisReadStore.Settings(
                        WINDOW, Duration.ofSeconds(16), Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("half the fence window");
    }
}
