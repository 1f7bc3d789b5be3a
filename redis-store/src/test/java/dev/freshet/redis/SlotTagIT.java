package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Auxiliary keys hash to their key's slot, as a real Redis in cluster mode computes it. */
class SlotTagIT {

    private static final String[] HOSTILE = {
        "user:7",
        "user:a}b",
        "user:{}",
        "{}",
        "}{",
        "",
        "{",
        "}",
        "{x",
        "x}",
        "a{b}c",
        "{{a}}",
        "{}{a}",
        "a{}b{c}",
        "{a}{b}",
        "a}b{c",
        "{\u0000}",
        "\u0000}",
        "é}ü",
        "日本}語",
        "😀{😀}",
        "line\n}",
        " ",
        "{ }",
        "a{b",
        "a{b}}",
        "}}}}"
    };

    @Test
    void everyAuxiliaryKeyIsInItsKeysSlot() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (TestRedis redis = TestRedis.start("--cluster-enabled", "yes")) {
            RedisCommands<String, String> commands = redis.text();
            for (String key : HOSTILE) {
                sameSlot(commands, key, key);
            }
            String letters = "{}{}ab:é😀\u0000";
            for (int i = 0; i < 3000; i++) {
                StringBuilder key = new StringBuilder();
                int length = random.nextInt(8);
                for (int c = 0; c < length; c++) {
                    int at = random.nextInt(letters.length());
                    key.appendCodePoint(
                            letters.codePointAt(letters.offsetByCodePoints(0, letters.codePointCount(0, at))));
                }
                String text = new String(
                        key.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        java.nio.charset.StandardCharsets.UTF_8);
                sameSlot(commands, text, "seed " + seed + ", key " + text);
            }
        }
    }

    private static void sameSlot(RedisCommands<String, String> commands, String key, String what) {
        long slot = commands.clusterKeyslot(key);
        assertThat(commands.clusterKeyslot(RedisLayout.fence(key))).as(what).isEqualTo(slot);
        assertThat(commands.clusterKeyslot(RedisLayout.lease(key))).as(what).isEqualTo(slot);
        assertThat(commands.clusterKeyslot(RedisLayout.entry(key))).as(what).isEqualTo(slot);
        assertThat(commands.clusterKeyslot(RedisLayout.fieldEntry(key, "{f}")))
                .as(what)
                .isEqualTo(slot);
    }

    @Test
    void aClusterNodeIsReportedAsNotSupported() {
        try (TestRedis redis = TestRedis.start("--cluster-enabled", "yes");
                CacheStore store = RedisCacheStore.at(redis.url(), java.time.Duration.ofSeconds(30))) {
            assertThat(store.unfit().toCompletableFuture().join())
                    .hasValueSatisfying(why -> assertThat(why).contains("cluster"));
        }
    }
}
