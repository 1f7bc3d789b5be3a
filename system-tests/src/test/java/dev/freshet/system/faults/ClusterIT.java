package dev.freshet.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.stack.RedisServer;
import dev.freshet.system.faults.Settling.Verdict;
import dev.freshet.system.oracle.Entry;
import dev.freshet.system.process.Freshet;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Redis Cluster with caches of every kind, rows that change and readers that fill, while slots move and primaries die:
 * nothing is stale when that is over. {@code -Dfreshet.cluster.rounds} and {@code .seed} say what is played.
 */
@Tag("full")
class ClusterIT {

    private static final long SEED = Long.getLong("freshet.cluster.seed", 1);
    private static final int ROUNDS = Integer.getInteger("freshet.cluster.rounds", 2);
    private static final List<Upheaval> UPHEAVALS = Stream.of(System.getProperty(
                            "freshet.cluster.kinds", "RESHARDING,HANDOVER,FAILOVER,LOSSY_FAILOVER,LOSSY_RESHARDING")
                    .split(",", -1))
            .map(Upheaval::valueOf)
            .toList();
    private static final Duration AROUND = Duration.ofSeconds(1);

    private static final String LOOKING = "Redis was restarted, failed over or flushed";

    private static ClusterStage stage;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        stage = new ClusterStage(directory, SEED);
        new Settling(stage).settle();
    }

    /** The rights of docs/redis.md were enough for all of it. */
    @AfterAll
    static void end() {
        try {
            assertThat(stage.refused()).isEmpty();
        } finally {
            stage.close();
        }
    }

    /** A test that failed may have left a node dead. */
    @BeforeEach
    void makeWhole() {
        stage.cluster().nodes().forEach(RedisServer::start);
        stage.cluster().primaries().forEach(stage.cluster()::reconnect);
        stage.cluster().awaitSettled();
    }

    @Test
    void nothingIsStaleAfterSlotsMovedAndPrimariesDied() throws Exception {
        System.out.println("ClusterIT: -Dfreshet.cluster.seed=" + SEED + " -Dfreshet.cluster.rounds=" + ROUNDS);
        Map<Upheaval, Long> lost = new EnumMap<>(Upheaval.class);
        long mistaken = 0;
        Map<Form, Integer> judged = new EnumMap<>(Form.class);
        List<String> failures = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Upheaval upheaval : UPHEAVALS) {
                Random random = new Random(SEED * 31 + round * 7L + UPHEAVALS.indexOf(upheaval));
                long losses = stage.count(LOOKING);
                Verdict verdict = play(upheaval, random, lost);
                mistaken += upheaval == Upheaval.RESHARDING ? stage.count(LOOKING) - losses : 0;
                verdict.judged().forEach((form, entries) -> judged.merge(form, entries, Integer::sum));
                if (!verdict.stale().isEmpty()) {
                    failures.add(upheaval + " of round " + round + "\n"
                            + String.join("\n", new Settling(stage).told(verdict.stale())));
                    stage.emptyTheCache();
                }
            }
        }
        System.out.println("ClusterIT: judged " + judged + ", old entries that came with a replica " + lost);
        assertThat(failures).as(stage.lastWords()).isEmpty();
        assertThat(judged.keySet()).as("what was judged").containsAll(List.of(Form.values()));
        assertThat(mistaken).as("slots that move are no loss").isZero();
        assertThat(lost.getOrDefault(Upheaval.LOSSY_FAILOVER, 0L))
                .as("what the replica had missed")
                .isPositive();
        assertThat(stage.count("Redis has lost writes")).isPositive();
    }

    private static Verdict play(Upheaval upheaval, Random random, Map<Upheaval, Long> lost) throws Exception {
        Settling settling = new Settling(stage);
        stage.chronicle().begin();
        stage.fillBeforehand();
        long seed = random.nextLong();
        long began = System.nanoTime();
        Load load = new Load(stage::connect, stage.chronicle(), seed).start();
        stage.readers().start(seed, Readers.Way.CACHE_CLIENT);
        try {
            Moments.pass(AROUND);
            stage.chronicle().tell(upheaval + " begins");
            lost.merge(upheaval, upheaval.strike(stage.cluster(), random), Long::sum);
            stage.chronicle().tell(upheaval + " is over");
            Moments.pass(AROUND);
        } finally {
            load.stop();
            // What a truncate has fenced is filled again only then.
            Moments.pass(ClusterStage.WINDOW.plus(AROUND));
            stage.readers().stop();
        }
        long over = System.nanoTime();
        settling.settle();
        Verdict verdict = settling.judge();
        System.out.println("ClusterIT: " + upheaval + ": played "
                + Duration.ofNanos(over - began).toMillis() + " ms, judged after "
                + Duration.ofNanos(System.nanoTime() - over).toMillis() + " ms more, " + load.transactions()
                + " transactions, " + stage.readers().reads() + " reads, "
                + verdict.judged().values().stream().mapToInt(Integer::intValue).sum() + " entries, "
                + verdict.stale().size() + " stale");
        return verdict;
    }

    /** Nothing changes any more when the primary dies, so that the time is that of the recovery alone. */
    @Test
    void whatAFailoverLosesIsAppliedAgain() throws Exception {
        Settling settling = new Settling(stage);
        stage.chronicle().begin();
        stage.fillBeforehand();
        int primary = stage.cluster().primaries().get(0);
        int replica = stage.cluster().replicasOf(primary).get(0);
        int slot = stage.cluster().slotsOf(primary).nextSetBit(0);
        stage.cluster().cutOff(primary);
        Load load = new Load(stage::connect, stage.chronicle(), SEED).start();
        Moments.pass(Duration.ofSeconds(3));
        load.stop();
        settling.settle();
        assertThat(settling.judge().stale()).isEmpty();
        // Looked at before it is promoted: what it brings may be gone again before anybody can compare it.
        long missed = Upheaval.old(stage.cluster(), primary, replica);
        assertThat(missed).as("what the replica had missed").isPositive();

        // When
        stage.readers().start(SEED, Readers.Way.CACHE_CLIENT);
        stage.cluster().kill(primary);
        long killed = System.nanoTime();
        Moments.until("the replica is the primary", () -> stage.cluster().primaryOf(slot) == replica);
        Duration promoted = Duration.ofNanos(System.nanoTime() - killed);
        List<Integer> old = new ArrayList<>();
        Moments.until("nothing is stale", () -> {
            old.add(settling.judgeNow().stale().size());
            return old.get(old.size() - 1) == 0;
        });
        Duration mended = Duration.ofNanos(System.nanoTime() - killed);
        stage.readers().stop();
        stage.cluster().node(primary).start();
        stage.cluster().awaitSettled();

        // Then
        System.out.println("ClusterIT: promoted after " + promoted.toMillis() + " ms with " + missed + " old entries, "
                + old.get(0) + " when it was looked, nothing stale after " + mended.toMillis() + " ms, "
                + stage.readers().reads() + " reads");
        settling.settle();
        assertThat(settling.judge().stale()).isEmpty();
        assertThat(stage.count("Redis has lost writes")).isPositive();
    }

    /** The value stands on another primary than its tag, whose replica never heard of it. */
    @Test
    void aValueWhoseFilingIsLostDoesNotStay() throws Exception {
        Settling settling = new Settling(stage);
        settling.settle();
        stage.chronicle().begin();
        Entry shelf;
        try (Connection connection = stage.connect()) {
            shelf = Rows.read(connection).of(Table.BOOK).stream()
                    .map(Form.SHELF::entry)
                    .filter(entry -> owner(entry.key()) != owner(tagOf(entry)))
                    .findFirst()
                    .orElseThrow();
        }
        int primary = owner(tagOf(shelf));
        int slot = SlotHash.getSlot(tagOf(shelf));
        stage.redis().del(shelf.key());
        stage.redis().del(tagOf(shelf));
        awaitGone(tagOf(shelf), stage.cluster().replicasOf(primary).get(0));
        stage.cluster().cutOff(primary);
        Moments.until("the shelf is cached", () -> {
            stage.readers().read(Form.SHELF, shelf);
            return stage.redis().exists(shelf.key()) == 1;
        });

        // When
        stage.cluster().kill(primary);
        stage.cluster().awaitPromotion(primary, slot);
        stage.cluster().node(primary).start();
        stage.cluster().awaitSettled();
        assertThat(stage.redis().zscore(tagOf(shelf), shelf.key()))
                .as("the filing is lost")
                .isNull();
        settling.settle();
        stage.execute(
                Stage.PIPELINE,
                "UPDATE book SET price = price + 1, version = nextval('versions') WHERE genre = "
                        + Form.SHELF.columns(shelf).orElseThrow().get("genre"));
        settling.settle();

        // Then
        Verdict verdict = settling.judge();
        assertThat(verdict.stale())
                .as(String.join("\n", settling.told(verdict.stale())))
                .isEmpty();
    }

    private static void awaitGone(String key, int replica) {
        try (RedisClient client =
                        RedisClient.create(stage.cluster().node(replica).url());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().readOnly();
            Moments.until("the replica knows", () -> connection.sync().exists(key) == 0);
        }
    }

    private static String tagOf(Entry shelf) {
        return "freshet:tag:" + Form.SHELF.tags(shelf).get(0);
    }

    private static int owner(String key) {
        return stage.cluster().primaryOf(SlotHash.getSlot(key));
    }

    @Test
    void keysOfEverySortStandOnEveryPrimary() throws Exception {
        stage.fillBeforehand();
        Set<Integer> owners = new TreeSet<>();
        stage.view().entries().forEach(entry -> owners.add(owner(entry.key())));

        assertThat(owners).hasSize(3);
    }

    @Test
    void whatLooksAndWhatMendsKnowsTheCluster() throws Exception {
        stage.fillBeforehand();
        Settling settling = new Settling(stage);
        settling.settle();

        Freshet doctor = stage.command("doctor");
        // What it warns of is the test's PostgreSQL, which is fast and forgets.
        assertThat(doctor.exitCode(Duration.ofMinutes(1)))
                .as(doctor.lastWords())
                .isEqualTo(1);
        assertThat(doctor.output())
                .anyMatch(line -> line.startsWith("0 errors"))
                .noneMatch(line -> line.contains("looked at"));
        for (int primary : stage.cluster().primaries()) {
            assertThat(doctor.lastWords())
                    .contains("redis " + stage.cluster().node(primary).address());
        }
        Freshet status = stage.command("status");
        assertThat(status.exitCode(Duration.ofMinutes(1)))
                .as(status.lastWords())
                .isZero();
        assertThat(stage.view().entries()).isNotEmpty();
        Freshet flush = stage.command("flush");
        assertThat(flush.exitCode(Duration.ofMinutes(2))).as(flush.lastWords()).isZero();
        assertThat(stage.view().entries()).noneMatch(entry -> Form.of(entry).isPresent());
    }
}
