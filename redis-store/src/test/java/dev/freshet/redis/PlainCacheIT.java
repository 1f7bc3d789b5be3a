package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.freshet.redis.PlainCache.Entry;
import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PlainCacheIT {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Entry KEY = Entry.of("key");
    private static final Entry FIELD = Entry.of("hash", "field");

    private static EmbeddedStack stack;
    private static PlainCache cache;

    @BeforeAll
    static void start() {
        stack = EmbeddedStack.builder().redis().start();
        cache = PlainCache.open(stack.redis().url(), Duration.ofSeconds(10));
    }

    @AfterAll
    static void stop() {
        cache.close();
        stack.close();
    }

    @BeforeEach
    void empty() {
        cache.entries(key -> true).keySet().forEach(cache::delete);
    }

    @Test
    void whatWasSetIsFoundUntilItIsDeleted() {
        for (Entry entry : new Entry[] {KEY, FIELD}) {
            assertThat(cache.get(entry)).isEmpty();
            assertThat(cache.exists(entry)).isFalse();

            cache.set(entry, "välue", LONG);

            assertThat(cache.get(entry)).contains("välue");
            assertThat(cache.exists(entry)).isTrue();
            assertThat(cache.delete(entry)).isTrue();
            assertThat(cache.delete(entry)).isFalse();
            assertThat(cache.exists(entry)).isFalse();
        }
    }

    @Test
    void aFieldIsDeletedAndItsNeighbourStays() {
        cache.set(FIELD, "1", LONG);
        cache.set(Entry.of("hash", "other"), "2", LONG);

        cache.delete(FIELD);

        assertThat(cache.entries(key -> true)).containsOnlyKeys(Entry.of("hash", "other"));
    }

    @Test
    void whatWasSetEndsWithItsTimeToLive() {
        cache.set(KEY, "1", Duration.ofMillis(20));
        cache.set(FIELD, "1", Duration.ofMillis(20));

        await().untilAsserted(() -> {
            assertThat(cache.exists(KEY)).isFalse();
            assertThat(cache.exists(FIELD)).isFalse();
        });
    }

    @Test
    void aHashEndsWithTheTimeToLiveOfItsFirstField() {
        cache.set(FIELD, "1", Duration.ofMillis(200));
        cache.set(Entry.of("hash", "other"), "2", LONG);
        cache.set(FIELD, "3", LONG);

        await().untilAsserted(() -> assertThat(cache.entries(key -> true)).isEmpty());
    }

    @Test
    void entriesAreKeysAndFieldsByNameWithoutTheUnwanted() {
        for (int i = 0; i < 300; i++) {
            cache.set(Entry.of("many:" + i), Integer.toString(i), LONG);
        }
        cache.set(FIELD, "f", LONG);
        cache.set(Entry.of("unwanted:1"), "u", LONG);

        assertThat(cache.entries(key -> !key.startsWith("unwanted:")))
                .hasSize(301)
                .containsEntry(Entry.of("many:299"), "299")
                .containsEntry(FIELD, "f");
    }

    @Test
    void anEntryOfAnotherTypeIsThereByTheNameOfItsType() {
        RedisClient client = RedisClient.create(stack.redis().url());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().sadd("set", "member");
        } finally {
            client.shutdown();
        }

        assertThat(cache.entries(key -> true)).containsEntry(Entry.of("set"), "set");
    }

    @Test
    void anEntryReadsAsItsKeyAndField() {
        assertThat(KEY).hasToString("key");
        assertThat(FIELD).hasToString("hash[field]");
    }

    @Test
    void withRedisAwayEveryCallFailsAtOnceAndWithRedisBackItWorks() {
        try (EmbeddedStack other = EmbeddedStack.builder().redis().start();
                PlainCache lost = PlainCache.open(other.redis().url(), Duration.ofSeconds(5))) {
            other.redis().kill();
            await().atMost(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThatExceptionOfType(CacheUnavailableException.class)
                            .isThrownBy(() -> lost.get(KEY)));

            other.redis().start();

            await().ignoreException(CacheUnavailableException.class)
                    .untilAsserted(() -> assertThat(lost.exists(KEY)).isFalse());
        }
    }

    @Test
    void aRedisThatDoesNotListenIsUnavailable() {
        assertThatExceptionOfType(CacheUnavailableException.class)
                .isThrownBy(() -> PlainCache.open("redis://127.0.0.1:1", LONG));
    }
}
