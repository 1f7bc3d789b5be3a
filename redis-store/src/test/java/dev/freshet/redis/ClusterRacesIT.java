package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Snapshot;
import dev.freshet.redis.ReadStore.Fill;
import dev.freshet.redis.ReadStore.Ticket;
import dev.freshet.stack.RedisCluster;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Random races of readers with changes of a key, of its pattern and of its tag, on a cluster: transactions that become visible
 * late, walks that go on while readers take their steps, values and leases that end, and, all the while, slots that move.
 */
@Tag("full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterRacesIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    /** More by {@code -Dfreshet.races=N}. */
    private static final int RACES = Integer.getInteger("freshet.races", 300);

    private static final RedisReadStore.Settings SETTINGS =
            new RedisReadStore.Settings(WINDOW, Duration.ofSeconds(15), Duration.ofSeconds(15), Duration.ofSeconds(15));
    private static final String PATTERN = "r:*";

    private final RedisCluster cluster = RedisCluster.start(3, 0);
    private final RedisClusterClient client = ClusterReadStoreIT.client(cluster);
    private final RedisAdvancedClusterCommands<String, String> redis =
            client.connect().sync();
    private final RedisReadStore store = RedisReadStore.over(client, SETTINGS, () -> {});
    private final SteppedFill fills = new SteppedFill(client, WINDOW);
    private final RedisCacheStore writer = RedisCacheStore.at(cluster.url(), WINDOW);
    private final long seed = new Random().nextLong();
    private final AtomicLong races = new AtomicLong();

    @BeforeAll
    void publish() {
        join(writer.publishPatterns("shop", Map.of("r", PATTERN), Map.of()));
    }

    @AfterAll
    void close() {
        store.close();
        fills.close();
        writer.close();
        client.shutdown();
        cluster.close();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /** What is done otherwise than it should be. */
    private enum Flaw {
        NONE,
        CHECKS_BEFORE_THE_LEASE,
        VALUES_ARE_WALKED_ALONE,
        LEASES_ARE_WALKED_AFTER_VALUES
    }

    @Test
    void noRaceLeavesAnOldValueWhileSlotsMove() throws InterruptedException {
        AtomicReference<Optional<Throwable>> failed = new AtomicReference<>(Optional.empty());
        AtomicBoolean moving = new AtomicBoolean(true);
        Thread mover = new Thread(() -> move(new Random(seed), moving, failed), "slots");
        mover.start();
        int present = 0;
        try {
            for (long race = seed; race < seed + RACES; race++) {
                Race played = play(race, Flaw.NONE);
                assertThat(played.violation)
                        .as("race with seed %d: %s", race, played.trace)
                        .isEmpty();
                present += played.filled;
            }
        } finally {
            moving.set(false);
            mover.join();
        }
        assertThat(failed.get()).as("of the slots' moves").isEmpty();
        assertThat(present).as("fills, from seed %d", seed).isGreaterThan(RACES / 4);
    }

    /** The slots of all that a race uses, over and over. */
    private void move(Random random, AtomicBoolean moving, AtomicReference<Optional<Throwable>> failed) {
        try {
            while (moving.get()) {
                List<String> hot = List.of(key(races.get()), tag(races.get()), RedisLayout.patternFence(PATTERN));
                int slot = SlotTag.slot(hot.get(random.nextInt(hot.size())));
                int from = cluster.primaryOf(slot);
                cluster.moveSlots(from, (from + 1 + random.nextInt(2)) % 3, slot, slot);
                Awaitility.await().until(this::epochsAreKnown);
            }
        } catch (RuntimeException e) {
            failed.set(Optional.of(e));
        }
    }

    /** A node that takes a slot before it knows how high another's epoch is may lose it to that one's last word on it. */
    private boolean epochsAreKnown() {
        return cluster.nodes().stream()
                        .map(node -> redis.getConnection("127.0.0.1", node.port())
                                .clusterNodes()
                                .lines()
                                .map(line -> List.of(line.split(" ")))
                                .map(words -> words.get(0) + words.get(6))
                                .collect(Collectors.toSet()))
                        .distinct()
                        .count()
                == 1;
    }

    @Test
    void racesFindWhatIsMissing() {
        for (Flaw flaw : List.of(
                Flaw.CHECKS_BEFORE_THE_LEASE, Flaw.VALUES_ARE_WALKED_ALONE, Flaw.LEASES_ARE_WALKED_AFTER_VALUES)) {
            assertThat(LongStream.range(1, 4000)
                            .anyMatch(race -> play(race, flaw).violation.isPresent()))
                    .as("a race that breaks with %s", flaw)
                    .isTrue();
        }
    }

    private static String key(long race) {
        return "r:" + race;
    }

    private static String tag(long race) {
        return RedisLayout.tag("t" + race);
    }

    private Race play(long random, Flaw flaw) {
        Race race = new Race(races.incrementAndGet(), new Random(random), flaw);
        for (int step = 0; step < 60 && race.violation.isEmpty(); step++) {
            race.step();
        }
        race.settle();
        return race;
    }

    /** A reader on its way: what it holds so far. */
    private static final class Reader {
        private Optional<String> token = Optional.empty();
        private Optional<Snapshot> snapshot = Optional.empty();
        private Optional<Integer> loaded = Optional.empty();
        private boolean checked;
    }

    /** Transaction i of race n has id 1000 n + i. The row's value is how many of them it reflects. */
    private final class Race {

        private static final int TRANSACTIONS = 4;

        private final String key;
        private final String tag;
        private final long base;
        private final Random random;
        private final Flaw flaw;
        private final List<String> trace = new ArrayList<>();
        private List<Reader> readers = List.of(new Reader(), new Reader());
        private final int[] kinds;
        private final Map<Integer, CompletableFuture<?>> underWay = new TreeMap<>();
        private final TreeSet<Integer> due = new TreeSet<>();
        private final TreeSet<Integer> applied = new TreeSet<>();
        private int committed;
        private int visible;
        private int filled;
        private Optional<String> violation = Optional.empty();

        Race(long number, Random random, Flaw flaw) {
            this.key = key(number);
            this.tag = "t" + number;
            this.base = 1000 * number;
            this.random = random;
            this.flaw = flaw;
            this.kinds = IntStream.range(0, TRANSACTIONS)
                    .map(i -> flaw == Flaw.NONE ? random.nextInt(3) : 1)
                    .toArray();
        }

        void step() {
            switch (random.nextInt(10)) {
                case 0, 1 -> advance();
                case 2, 3 -> apply();
                case 4 -> await();
                case 5 -> {
                    if (random.nextInt(4) == 0) {
                        end(random.nextBoolean() ? key : RedisLayout.lease(key));
                    }
                }
                default -> read(random.nextInt(readers.size()));
            }
            judge();
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

        /** Goes on while readers take their steps. */
        private void apply() {
            if (due.isEmpty()) {
                return;
            }
            int i = due.first();
            due.remove(i);
            Fence fence = Fence.of(base + i);
            CompletionStage<?> change = switch (kinds[i]) {
                case 0 ->
                    writer.apply(
                            List.of(new KeyCommand.Invalidate(key, Optional.empty(), fence, Optional.empty(), false)));
                case 1 -> writer.fencePattern(PATTERN, fence, Optional.empty()).thenCompose(fenced -> walks());
                default -> writer.invalidateTag(tag, fence);
            };
            trace.add("applies " + (i + 1) + " of kind " + kinds[i]);
            underWay.put(i, change.toCompletableFuture());
        }

        private CompletionStage<?> walks() {
            KeyScan values = KeyScan.ofGlob(PATTERN);
            KeyScan leases = KeyScan.ofGlob(RedisLayout.PREFIX + "lease:*");
            return switch (flaw) {
                case NONE, CHECKS_BEFORE_THE_LEASE -> writer.sweep(values, Optional.empty());
                case VALUES_ARE_WALKED_ALONE -> unlinked(values);
                case LEASES_ARE_WALKED_AFTER_VALUES ->
                    unlinked(values).thenCompose(removed -> writer.sweep(leases, Optional.empty()));
            };
        }

        /** Without their leases. */
        private CompletionStage<?> unlinked(KeyScan keys) {
            return CompletableFuture.runAsync(() -> redis.keys(keys.glob()).forEach(redis::unlink));
        }

        private void await() {
            Optional<Integer> first = underWay.keySet().stream().findFirst();
            first.ifPresent(i -> {
                join(Optional.ofNullable(underWay.remove(i)).orElseThrow());
                applied.add(i);
                trace.add("applied " + (i + 1));
            });
        }

        private void end(String what) {
            redis.del(what);
            trace.add(what + " ends");
        }

        private void read(int number) {
            Reader reader = readers.get(number);
            boolean early = flaw == Flaw.CHECKS_BEFORE_THE_LEASE;
            if (early && !reader.checked) {
                reader.snapshot = Optional.of(snapshot());
                check(number);
            } else if (reader.token.isEmpty()) {
                Ticket ticket = join(store.lease(key));
                if (ticket instanceof Ticket.Granted granted) {
                    reader.token = Optional.of(granted.token());
                    trace.add(number + " leases");
                } else if (ticket instanceof Ticket.Waiting waiting) {
                    store.stopWaiting(key, waiting);
                }
            } else if (reader.snapshot.isEmpty()) {
                reader.snapshot = Optional.of(snapshot());
            } else if (reader.loaded.isEmpty()) {
                reader.loaded = Optional.of(visible);
                trace.add(number + " loads " + visible);
            } else if (!reader.checked) {
                check(number);
            } else {
                store(number);
            }
        }

        private Snapshot snapshot() {
            long seen = base + visible;
            String text =
                    visible < committed ? seen + ":" + (base + committed) + ":" + running() : seen + ":" + seen + ":";
            trace.add("snapshot " + text);
            return Snapshot.parse(text);
        }

        private String running() {
            return IntStream.range(visible, committed)
                    .mapToObj(i -> Long.toString(base + i))
                    .collect(Collectors.joining(","));
        }

        private Fill fill(Reader reader) {
            return new Fill(
                    key,
                    reader.token.orElse("none"),
                    reader.snapshot.orElseThrow(),
                    Duration.ofMinutes(1),
                    List.of(tag));
        }

        private void check(int number) {
            Reader reader = readers.get(number);
            ClusterFences.Verdict verdict = fills.check(fill(reader));
            trace.add(number + " checks " + verdict);
            if (verdict == ClusterFences.Verdict.FINE) {
                reader.checked = true;
            } else {
                reader.token.ifPresent(token -> join(store.release(key, token)));
                begin(number);
            }
        }

        private void store(int number) {
            Reader reader = readers.get(number);
            int value = reader.loaded.orElseThrow();
            boolean stored = fills.store(fill(reader), Integer.toString(value).getBytes(StandardCharsets.UTF_8));
            trace.add(number + " fills " + value + " " + stored);
            filled += stored ? 1 : 0;
            begin(number);
        }

        private void begin(int number) {
            List<Reader> all = new ArrayList<>(readers);
            all.set(number, new Reader());
            readers = all;
        }

        private void judge() {
            Optional<Integer> now = Optional.ofNullable(redis.get(key)).map(Integer::valueOf);
            if (now.isPresent() && !applied.isEmpty() && now.get() <= applied.last()) {
                violation = Optional.of("the value lacks a change that was applied");
            }
        }

        void settle() {
            while (violation.isEmpty() && (visible < TRANSACTIONS || !due.isEmpty() || !underWay.isEmpty())) {
                if (visible < TRANSACTIONS) {
                    advance();
                }
                apply();
                await();
                judge();
            }
            underWay.values().forEach(ClusterRacesIT::join);
        }
    }
}
