package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Globs made at random, judged by Redis itself. */
final class GlobPatternIT {

    private static final long SEED = 20261121;
    private static final String SIGNS = "**??[[]]^^--\\\\aabbcé";

    private final RedisClient client =
            RedisClient.create(EmbeddedStack.shared().redis().url());
    private final RedisCommands<String, String> redis = client.connect().sync();
    private final Set<String> keys = new TreeSet<>();

    @AfterEach
    void end() {
        keys.forEach(redis::del);
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }

    @Test
    void aKeyMatchesWhereRedisFindsIt() {
        Random random = new Random(SEED);
        while (keys.size() < 400) {
            keys.add("glob:" + text(random, 4));
        }
        keys.forEach(key -> redis.set(key, "1"));
        for (int i = 0; i < 1500; i++) {
            String glob = "glob:" + text(random, 6);
            GlobPattern pattern = GlobPattern.compile(glob);
            List<String> matching = keys.stream().filter(pattern::matches).toList();
            List<String> found = found(glob);
            assertThat(matching).describedAs("seed %d, glob %s", SEED, glob).containsAll(found);
            if (glob.chars().allMatch(sign -> sign < 0x80)) {
                assertThat(found).describedAs("seed %d, glob %s", SEED, glob).containsAll(matching);
            }
        }
    }

    private static String text(Random random, int longest) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(longest + 1); length > 0; length--) {
            text.append(SIGNS.charAt(random.nextInt(SIGNS.length())));
        }
        return text.toString();
    }

    private List<String> found(String glob) {
        List<String> found = new ArrayList<>();
        KeyScanCursor<String> cursor = redis.scan(ScanArgs.Builder.matches(glob).limit(10_000));
        found.addAll(cursor.getKeys());
        while (!cursor.isFinished()) {
            cursor = redis.scan(cursor, ScanArgs.Builder.matches(glob).limit(10_000));
            found.addAll(cursor.getKeys());
        }
        return found.stream().distinct().toList();
    }
}
