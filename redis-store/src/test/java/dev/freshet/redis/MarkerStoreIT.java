package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.redis.MarkerStore.Marked;
import dev.freshet.redis.MarkerStore.Replicas;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a pipeline's marker tells of a Redis that lost writes. */
class MarkerStoreIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Replicas ONE_REPLICA = new Replicas(1, Duration.ofMillis(300));

    private static Marked mark(MarkerStore store, Marker expected, Map<String, String> fields) {
        return mark(store, expected, fields, Replicas.NONE);
    }

    private static Marked mark(MarkerStore store, Marker expected, Map<String, String> fields, Replicas replicas) {
        return store.mark("shop", expected, fields, replicas)
                .toCompletableFuture()
                .join();
    }

    private static Marker read(MarkerStore store) {
        return store.marker("shop").toCompletableFuture().join();
    }

    @Test
    void itMovesAsAWholeOrNotAtAll() {
        try (TestRedis redis = TestRedis.start();
                RedisCacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            Marker empty = read(store);
            assertThat(empty.fields()).isEmpty();
            assertThat(mark(store, empty, Map.of("a", "1", "b", "1"))).isEqualTo(Marked.DONE);
            Marker first = read(store);
            assertThat(first).isEqualTo(new Marker(empty.server(), Map.of("a", "1", "b", "1")));

            assertThat(mark(store, empty, Map.of("c", "2", "b", "2"))).isEqualTo(Marked.LOST);
            assertThat(read(store)).isEqualTo(first);

            assertThat(mark(store, first, Map.of("a", "2", "b", ""))).isEqualTo(Marked.DONE);
            assertThat(read(store).fields()).isEqualTo(Map.of("a", "2"));
            assertThat(redis.text().hgetall("freshet:marker:shop")).isEqualTo(Map.of("a", "2"));
        }
    }

    @Test
    void whatWasFlushedIsSeen() {
        try (TestRedis redis = TestRedis.start();
                RedisCacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            mark(store, read(store), Map.of("a", "1"));
            Marker before = read(store);
            redis.text().flushall();
            assertThat(mark(store, before, Map.of("a", "2"))).isEqualTo(Marked.LOST);
            assertThat(read(store)).isEqualTo(new Marker(before.server(), Map.of()));
        }
    }

    @Test
    void aRestartIsSeenAlsoWhereTheMarkerItselfWasSaved() {
        try (TestRedis redis = TestRedis.start();
                RedisCacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            mark(store, read(store), Map.of("a", "1"));
            Marker before = read(store);
            redis.text().save();
            redis.text().set("later", "lost");
            redis.kill();
            redis.startAgain();
            await().ignoreExceptions().until(() -> read(store).fields().equals(before.fields()));

            assertThat(redis.text().exists("later")).isZero();
            assertThat(mark(store, before, Map.of("a", "2"))).isEqualTo(Marked.LOST);
            assertThat(read(store).server()).isNotEqualTo(before.server());
        }
    }

    @Test
    void aReplicaThatTakesOverIsSeenAndOneThatFollowsIsWaitedFor() {
        try (TestRedis redis = TestRedis.start();
                TestRedis other = TestRedis.start();
                RedisCacheStore store = RedisCacheStore.at(redis.url(), WINDOW);
                RedisCacheStore otherStore = RedisCacheStore.at(other.url(), WINDOW)) {
            assertThat(mark(store, read(store), Map.of("a", "1"), ONE_REPLICA)).isEqualTo(Marked.NOT_REPLICATED);
            RedisCommands<String, String> replica = other.text();
            replica.replicaof("127.0.0.1", redis.port());
            await().until(() -> replica.hgetall("freshet:marker:shop").equals(Map.of("a", "1")));

            Marker before = read(store);
            await().until(() -> mark(store, before, Map.of("a", "1"), ONE_REPLICA) == Marked.DONE);

            replica.replicaofNoOne();
            assertThat(read(otherStore).fields()).isEqualTo(before.fields());
            assertThat(mark(otherStore, before, Map.of("a", "2"))).isEqualTo(Marked.LOST);
        }
    }

    @Test
    void aPrimaryThatFollowedAnotherMeanwhileIsSeen() {
        try (TestRedis redis = TestRedis.start();
                TestRedis other = TestRedis.start();
                RedisCacheStore store = RedisCacheStore.at(redis.url(), WINDOW);
                RedisCacheStore otherStore = RedisCacheStore.at(other.url(), WINDOW)) {
            mark(otherStore, read(otherStore), Map.of("a", "1"));
            mark(store, read(store), Map.of("a", "1"));
            Marker before = read(store);
            RedisCommands<String, String> commands = redis.text();
            commands.set("mine", "lost");
            commands.replicaof("127.0.0.1", other.port());
            await().until(() -> commands.exists("mine") == 0);
            commands.replicaofNoOne();
            assertThat(mark(store, before, Map.of("a", "2"))).isEqualTo(Marked.LOST);
        }
    }
}
