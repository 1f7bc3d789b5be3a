package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.redis.AlteredScripts.Alteration;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A tag of very many keys goes in bounded steps, while others are served. */
class LargeTagIT {

    /** A million by {@code -Dfreshet.tag-members=1000000}. */
    private static final int MEMBERS = Integer.getInteger("freshet.tag-members", 100_000);

    private static final String TAG = "genre:5";
    private static final int AT_ONCE = 10_000;

    /** Each call notes how many keys it was given. */
    private static Scripts noting() {
        return AlteredScripts.standardBut(Alteration.of(Scripts.REMOVE_MEMBERS, "return { removed }", """
                call('RPUSH', 'calls', n)
                return { removed }"""));
    }

    @Test
    void aLargeTagIsInvalidatedInBoundedStepsWhileOthersAreServed() throws Exception {
        try (TestRedis redis = TestRedis.start("--slowlog-log-slower-than", "0", "--slowlog-max-len", "1000000");
                CacheStore store =
                        RedisCacheStore.at(redis.url(), Duration.ofSeconds(30), Duration.ofSeconds(5), noting())) {
            RedisCommands<String, String> commands = redis.text();
            file(commands);
            RedisCommands<String, String> other = redis.text();
            other.ping();
            commands.slowlogReset();

            long started = System.nanoTime();
            CompletableFuture<Long> removed =
                    store.invalidateTag(TAG, Fence.of(77)).toCompletableFuture();
            long longest = 0;
            int pings = 0;
            while (!removed.isDone()) {
                long sent = System.nanoTime();
                assertThat(other.ping()).isEqualTo("PONG");
                longest = Math.max(longest, System.nanoTime() - sent);
                pings++;
            }
            long took = System.nanoTime() - started;

            System.out.printf(
                    Locale.ROOT,
                    "A tag of %,d keys: %.0f ms; %,d PINGs meanwhile, the longest %.1f ms; Redis's longest command"
                            + " %.1f ms%n",
                    MEMBERS,
                    took / 1e6,
                    pings,
                    longest / 1e6,
                    longestCommandInMicros(commands) / 1e3);
            assertThat(removed.join()).isEqualTo(MEMBERS);
            List<Long> calls =
                    commands.lrange("calls", 0, -1).stream().map(Long::valueOf).toList();
            assertThat(calls).allSatisfy(keys -> assertThat(keys).isLessThanOrEqualTo(256));
            assertThat(calls.stream().mapToLong(Long::longValue).sum()).isGreaterThanOrEqualTo(MEMBERS);
            assertThat(pings).isGreaterThan(MEMBERS / 10_000);
            commands.del("calls");
            assertThat(commands.dbsize()).as("the tag and its fence").isEqualTo(2);
            assertThat(commands.zcard(RedisLayout.tag(TAG))).isEqualTo(MEMBERS);
        }
    }

    private static long longestCommandInMicros(RedisCommands<String, String> commands) {
        return commands.slowlogGet(Integer.MAX_VALUE).stream()
                .mapToLong(entry -> (long) ((List<?>) entry).get(2))
                .max()
                .orElse(0);
    }

    private static void file(RedisCommands<String, String> commands) {
        double anHourOn = (double) Instant.now().plusSeconds(3600).toEpochMilli();
        for (int from = 0; from < MEMBERS; from += AT_ONCE) {
            List<Object> filed = new ArrayList<>();
            java.util.Map<String, String> values = new java.util.HashMap<>();
            for (int i = from; i < Math.min(MEMBERS, from + AT_ONCE); i++) {
                values.put("shelf:" + i, "value");
                filed.add(anHourOn);
                filed.add("shelf:" + i);
            }
            commands.mset(values);
            commands.zadd(RedisLayout.tag(TAG), filed.toArray());
        }
    }
}
