package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.Snapshot;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What scripts and Java both judge, they judge alike. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScriptsAgreeWithJavaIT {

    private static final long SEED = new Random().nextLong();
    private static final long[] AROUND = {
        3, 1000, (1L << 31) - 4, (1L << 32) - 4, 3 * (1L << 31), (1L << 33) - 4, (1L << 52), (1L << 53) - 20
    };

    private final TestRedis redis = TestRedis.start();
    private final RedisCommands<String, String> commands = redis.text();
    private final Random random = new Random(SEED);

    @AfterAll
    void close() {
        redis.close();
    }

    @Test
    void whetherASnapshotSeesATransaction() {
        Script sees = Script.load("sees", "#!lua", "snapshot");
        int seen = 0;
        int asked = 0;
        for (int round = 0; round < 2000; round++) {
            Snapshot snapshot = randomSnapshot(AROUND[random.nextInt(AROUND.length)]);
            List<String> arguments = new ArrayList<>(List.of(snapshot.toString()));
            List<Long> expected = new ArrayList<>();
            for (long id = Math.max(1, snapshot.xmin() - 3); id < snapshot.xmax() + 3; id++) {
                arguments.add(Long.toString(id));
                expected.add(snapshot.sees(id) ? 1L : 0L);
            }
            List<Long> answer =
                    commands.eval(sees.text(), ScriptOutputType.MULTI, new String[0], arguments.toArray(String[]::new));
            assertThat(answer).as("seed %d, snapshot %s", SEED, snapshot).isEqualTo(expected);
            seen += expected.stream().mapToInt(Long::intValue).sum();
            asked += expected.size();
        }
        assertThat(seen).isBetween(asked / 10, asked * 9 / 10);
    }

    private Snapshot randomSnapshot(long xmin) {
        int width = random.nextInt(12);
        TreeSet<Long> inProgress = new TreeSet<>();
        if (width > 0) {
            inProgress.add(xmin);
            for (int i = random.nextInt(width); i > 0; i--) {
                inProgress.add(xmin + random.nextInt(width));
            }
        }
        String xip = String.join(",", inProgress.stream().map(String::valueOf).toList());
        return Snapshot.parse(xmin + ":" + (xmin + width) + ":" + xip);
    }

    @Test
    void whichOfTwoPositionsIsNewer() {
        Script compare = Script.load("compare", "#!lua", "server", "entry");
        long[] parts = {
            0,
            1,
            9,
            10,
            255,
            0xaaL,
            0xabL,
            1L << 32,
            1L << 47,
            1L << 48,
            1L << 53,
            (1L << 53) + 1,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            -2,
            -1
        };
        List<Position> positions = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            positions.add(new Position(
                    parts[random.nextInt(parts.length)] & Long.MAX_VALUE,
                    new Lsn(parts[random.nextInt(parts.length)]),
                    new Lsn(random.nextInt(4) == 0 ? random.nextLong() : parts[random.nextInt(parts.length)])));
        }
        List<String> arguments = new ArrayList<>();
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i + 1 < positions.size(); i++) {
            Position a = positions.get(i);
            // Neighbours in value are the hard ones.
            Position b = random.nextBoolean()
                    ? positions.get(i + 1)
                    : new Position(
                            a.epoch(), a.previousCommit(), new Lsn(a.change().value() + random.nextInt(3) - 1));
            arguments.add(RedisLayout.position(a));
            arguments.add(RedisLayout.position(b));
            expected.add(a.compareTo(b) >= 0 ? 1L : 0L);
        }

        List<Long> answer =
                commands.eval(compare.text(), ScriptOutputType.MULTI, new String[0], arguments.toArray(String[]::new));

        assertThat(answer).as("seed %d", SEED).isEqualTo(expected);
        assertThat(expected).contains(0L, 1L);
    }
}
