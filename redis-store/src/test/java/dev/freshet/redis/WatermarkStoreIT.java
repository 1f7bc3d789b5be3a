package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.LogPosition;
import dev.freshet.model.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A watermark never tells more than the marker beside it. */
class WatermarkStoreIT {

    private static final Watermark FIRST = new Watermark(
            LogPosition.parse("7301234567890123456:1:16/B374D848"), Instant.parse("2026-01-02T03:04:05.678901Z"));
    private static final Watermark SECOND = new Watermark(
            LogPosition.parse("7301234567890123456:1:16/B374D900"), Instant.parse("2026-01-02T03:04:06.678901Z"));

    @Test
    void itMovesWhereAllOfItIsApplied() {
        try (TestRedis redis = TestRedis.start();
                RedisCacheStore store = RedisCacheStore.at(redis.url(), Duration.ofSeconds(30))) {
            Map<String, Long> needed = Map.of("shop.control/0", 9007199254740993L, "books/0", 7L);
            redis.text()
                    .hset("freshet:marker:shop", Map.of("shop.control/0", "aB_-:9007199254740994", "books/0", "x:6"));
            assertThat(move(store, FIRST, needed)).isFalse();
            assertThat(store.watermark("shop").toCompletableFuture().join()).isEmpty();

            redis.text().hset("freshet:marker:shop", "books/0", "x:7");
            assertThat(move(store, FIRST, needed)).isTrue();
            assertThat(store.watermark("shop").toCompletableFuture().join()).contains(FIRST);
            assertThat(redis.text().hgetall("freshet:watermark:shop"))
                    .isEqualTo(Map.of(
                            "system", "7301234567890123456",
                            "timeline", "1",
                            "lsn", "16/B374D848",
                            "source_ts_us", "1767323045678901"));

            redis.text().hdel("freshet:marker:shop", "books/0");
            assertThat(move(store, SECOND, needed))
                    .describedAs("Redis has lost its place")
                    .isFalse();
            assertThat(store.watermark("shop").toCompletableFuture().join()).contains(FIRST);
        }
    }

    @Test
    void whatIsNoWatermarkIsNone() {
        try (TestRedis redis = TestRedis.start();
                RedisCacheStore store = RedisCacheStore.at(redis.url(), Duration.ofSeconds(30))) {
            redis.text().hset("freshet:watermark:shop", Map.of("lsn", "0/1", "source_ts_us", "1"));
            assertThat(store.watermark("shop").toCompletableFuture().join()).isEmpty();
        }
    }

    private static boolean move(WatermarkStore store, Watermark to, Map<String, Long> needed) {
        return store.moveWatermark("shop", to, needed).toCompletableFuture().join();
    }
}
