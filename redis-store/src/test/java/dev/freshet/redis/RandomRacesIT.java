package dev.freshet.redis;

import static dev.freshet.redis.CacheStoreContract.at;
import static dev.freshet.redis.CacheStoreContract.invalidateAt;
import static dev.freshet.redis.CacheStoreContract.store;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Snapshot;
import dev.freshet.redis.AlteredScripts.Alteration;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Random interleavings of the fill model's refresh scenario (E9): transactions that change one row in turn and become
 * visible late, their records applied out of order and more than once, readers that fill, values and leases that end.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RandomRacesIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    /** More by {@code -Dfreshet.races=N}. */
    private static final int RACES = Integer.getInteger("freshet.races", 120);

    private final TestRedis redis = TestRedis.start();
    private final RedisCommands<String, String> commands = redis.text();
    private final RedisCacheStore fills = RedisCacheStore.at(redis.url(), WINDOW);
    private final ReadSide readers = new RedisReadSide(commands, fills, WINDOW);
    private final long seed = new Random().nextLong();

    @AfterAll
    void close() {
        fills.close();
        redis.close();
    }

    @Test
    void noRaceLeavesAnOldValue() {
        try (CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            int present = 0;
            for (long race = seed; race < seed + RACES; race++) {
                Race played = play(store, race);
                assertThat(played.violation)
                        .as("race with seed %d: %s", race, played.trace)
                        .isEmpty();
                present += played.value().isPresent() ? 1 : 0;
            }
            assertThat(present)
                    .as("races that ended with a value, from seed %d", seed)
                    .isGreaterThan(RACES / 20);
        }
    }

    @Test
    void racesFindWhatIsMissing() {
        assertFound("    add_fence(fence, ids, window)\n", "");
        assertFound("local doubt = may_be_overtaken(entry, position)", "local doubt = false");
        assertFound("doubt = call('EXISTS', key) == 1", "");
    }

    private void assertFound(String rule, String instead) {
        Scripts without = AlteredScripts.standardBut(Alteration.of(Scripts.STORE, rule, instead));
        try (CacheStore store = RedisCacheStore.at(redis.url(), WINDOW, Duration.ofSeconds(5), without)) {
            assertThat(LongStream.range(1, 4000)
                            .anyMatch(race -> play(store, race).violation.isPresent()))
                    .as("a race that breaks without: %s", rule)
                    .isTrue();
        }
    }

    private Race play(CacheStore store, long race) {
        commands.flushall();
        Race played = new Race(store, new Random(race));
        for (int step = 0; step < 60 && played.violation.isEmpty(); step++) {
            played.step();
        }
        played.settle();
        return played;
    }

    /** A reader on its way: what it holds so far. */
    private static final class Reader {
        private Optional<String> token = Optional.empty();
        private Optional<Snapshot> snapshot = Optional.empty();
        private Optional<Integer> loaded = Optional.empty();
    }

    /** Transaction i has id 100 + i. The row's value is how many of them it reflects. */
    private final class Race {

        private static final int TRANSACTIONS = 4;

        private final CacheStore store;
        private final Random random;
        private final List<String> trace = new ArrayList<>();
        private final List<Reader> filling = List.of(new Reader(), new Reader());
        private final int[] kinds;
        private final TreeSet<Integer> due = new TreeSet<>();
        private final TreeSet<Integer> applied = new TreeSet<>();
        private int committed;
        private int visible;
        private int replays = 3;
        private Optional<String> violation = Optional.empty();

        Race(CacheStore store, Random random) {
            this.store = store;
            this.random = random;
            this.kinds = IntStream.range(0, TRANSACTIONS)
                    .map(i -> random.nextInt(5) == 0 ? random.nextInt(1, 3) : 0)
                    .toArray();
        }

        void step() {
            Optional<Integer> before = value();
            boolean stores = false;
            switch (random.nextInt(10)) {
                case 0, 1 -> advance();
                case 2, 3 -> stores = apply();
                case 4 -> replay();
                case 5 -> {
                    if (random.nextInt(3) == 0) {
                        end("value", "k");
                    }
                }
                case 6 -> {
                    if (random.nextInt(4) == 0) {
                        end("lease", RedisLayout.lease("k"));
                    }
                }
                default -> read(filling.get(random.nextInt(filling.size())), random.nextInt(2));
            }
            check(before, stores);
        }

        private void advance() {
            if (visible < committed) {
                visible = committed;
                trace.add("visible " + visible);
            } else if (committed < TRANSACTIONS) {
                due.add(committed++);
                trace.add("committed " + committed);
            }
        }

        private boolean apply() {
            if (due.isEmpty()) {
                return false;
            }
            int i = due.stream().skip(random.nextInt(due.size())).findFirst().orElseThrow();
            due.remove(i);
            applied.add(i);
            Fence fence = Fence.of(100 + i);
            KeyCommand command = kinds[i] == 0
                    ? store("k", Integer.toString(i + 1), fence, i)
                    : kinds[i] == 1
                            ? invalidateAt("k", fence, i)
                            : new KeyCommand.Invalidate("k", Optional.empty(), fence, Optional.empty(), true);
            trace.add(command + ": "
                    + store.apply(List.of(command)).toCompletableFuture().join());
            return kinds[i] == 0;
        }

        private void replay() {
            if (replays > 0 && !applied.isEmpty()) {
                replays--;
                due.add(applied.first() + random.nextInt(applied.last() - applied.first() + 1));
                due.removeIf(i -> i >= committed);
                trace.add("redelivered, due " + due);
            }
        }

        private void end(String what, String key) {
            commands.del(key);
            trace.add(what + " ends");
        }

        private void read(Reader reader, int coin) {
            if (reader.token.isEmpty()) {
                reader.token = readers.lease("k");
                trace.add("lease " + reader.token.isPresent());
            } else if (reader.snapshot.isEmpty()) {
                String text = visible < committed || (coin == 0 && committed < TRANSACTIONS)
                        ? (100 + visible) + ":" + (101 + visible) + ":" + (100 + visible)
                        : (100 + visible) + ":" + (100 + visible) + ":";
                reader.snapshot = Optional.of(Snapshot.parse(text));
                trace.add("snapshot " + text);
            } else if (reader.loaded.isEmpty()) {
                reader.loaded = Optional.of(visible);
                trace.add("loaded " + visible);
            } else {
                boolean accepted = readers.fill(
                        "k",
                        reader.token.orElseThrow(),
                        reader.snapshot.orElseThrow(),
                        Integer.toString(reader.loaded.orElseThrow()));
                trace.add("fill " + reader.loaded.orElseThrow() + " " + accepted);
                reader.token = Optional.empty();
                reader.snapshot = Optional.empty();
                reader.loaded = Optional.empty();
            }
        }

        Optional<Integer> value() {
            return readers.get("k").map(Integer::valueOf);
        }

        private void check(Optional<Integer> before, boolean stores) {
            Optional<Integer> now = value();
            if (now.isPresent() && !applied.isEmpty() && now.get() <= applied.last()) {
                violation = Optional.of("the value lacks a change that was applied");
            } else if (stores && before.isPresent() && now.isPresent() && now.get() < before.get()) {
                violation = Optional.of("a refresh put an older value over a newer one");
            }
        }

        void settle() {
            while (violation.isEmpty() && (visible < TRANSACTIONS || !due.isEmpty())) {
                Optional<Integer> before = value();
                boolean stores = false;
                if (visible < TRANSACTIONS) {
                    advance();
                } else {
                    stores = apply();
                }
                check(before, stores);
            }
            if (violation.isEmpty() && value().isPresent() && value().orElseThrow() != TRANSACTIONS) {
                violation = Optional.of("the value is not the current row");
            }
        }
    }

    // ------------------------------------------------------------ the store in memory does as Redis does

    @Test
    void theStoreInMemoryAgreesWithRedis() {
        try (CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            for (long round = seed; round < seed + 30; round++) {
                commands.flushall();
                InMemoryCacheStore memory = new InMemoryCacheStore();
                Random random = new Random(round);
                List<String> trace = new ArrayList<>();
                for (int step = 0; step < 60; step++) {
                    trace.add(compare(store, memory, random));
                    for (String key : List.of("a", "b")) {
                        assertThat(memory.get(key))
                                .as("seed %d: %s", round, trace)
                                .isEqualTo(readers.get(key));
                        assertThat(memory.hash(key))
                                .as("seed %d: %s", round, trace)
                                .isEqualTo(readers.hash(key));
                    }
                }
            }
        }
    }

    private String compare(CacheStore store, InMemoryCacheStore memory, Random random) {
        String key = random.nextBoolean() ? "a" : "b";
        if (random.nextInt(4) == 0) {
            Snapshot snapshot = Snapshot.parse((1 + random.nextInt(8)) + ":" + (8 + random.nextInt(8)) + ":");
            Optional<String> here = memory.lease(key);
            Optional<String> there = readers.lease(key);
            assertThat(here.isPresent()).isEqualTo(there.isPresent());
            if (here.isPresent() && random.nextInt(4) > 0) {
                assertThat(memory.fill(key, here.get(), snapshot, "filled"))
                        .as("fill of %s at %s", key, snapshot)
                        .isEqualTo(readers.fill(key, there.orElseThrow(), snapshot, "filled"));
            }
            return "fill " + key + " " + snapshot;
        }
        KeyCommand command = randomCommand(key, random);
        assertThat(memory.apply(List.of(command)).toCompletableFuture().join())
                .as("%s", command)
                .isEqualTo(store.apply(List.of(command)).toCompletableFuture().join());
        return command.toString();
    }

    private static KeyCommand randomCommand(String key, Random random) {
        Fence fence = random.nextInt(6) == 0
                ? Fence.NONE
                : random.nextInt(20) == 0
                        ? Fence.REFUSE_ALL
                        : Fence.of(1 + random.nextInt(12)).and(Fence.of(1 + random.nextInt(12)));
        Optional<String> field = random.nextInt(4) == 0 ? Optional.of("f" + random.nextInt(2)) : Optional.empty();
        if (random.nextInt(3) == 0) {
            boolean guard = random.nextBoolean();
            return new KeyCommand.Invalidate(
                    key,
                    field,
                    fence,
                    guard && random.nextInt(5) > 0 ? Optional.of(at(random.nextInt(30))) : Optional.empty(),
                    guard);
        }
        KeyCommand.Value value = field.isEmpty() && random.nextInt(3) == 0
                ? new KeyCommand.Value.Hash(java.util.Map.of("f0", "v", "g", "w"))
                : new KeyCommand.Value.Text("v" + random.nextInt(100));
        return new KeyCommand.Store(key, field, value, Optional.empty(), fence, at(random.nextInt(60)), List.of());
    }
}
