package dev.freshet.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.system.faults.FaultJudge.Stale;
import dev.freshet.system.faults.Round.Blow;
import dev.freshet.system.faults.Settling.Verdict;
import dev.freshet.system.oracle.Entry;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing is stale when the dust has settled, whatever happened. Each of {@code -Dfreshet.faults.rounds=N} rounds strikes
 * one to three faults, drawn by a seed of its own, while rows change and readers fill; {@code -Dfreshet.faults.minutes=N}
 * goes on for so long; {@code -Dfreshet.faults.kinds=A,B} draws only from those. {@code -Dfreshet.faults.seed=N} of a
 * round that failed begins with that round, as far as time allows.
 */
class FaultsIT {

    private static final Duration READING_ON = Duration.ofMillis(400);

    private static Stage stage;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        stage = new Stage(directory, 1);
        new Settling(stage).settle();
    }

    @AfterAll
    static void end() {
        stage.close();
    }

    @Test
    void nothingIsStaleAfterTheFaultsOfARound() throws Exception {
        long seed = Long.getLong("freshet.faults.seed", System.nanoTime() & 0xffffff);
        long minutes = Long.getLong("freshet.faults.minutes", 0);
        int rounds = Integer.getInteger("freshet.faults.rounds", minutes > 0 ? Integer.MAX_VALUE : 6);
        long end = System.nanoTime()
                + Duration.ofMinutes(minutes > 0 ? minutes : 600).toNanos();
        Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
        Map<Form, Integer> judged = new EnumMap<>(Form.class);
        int played = 0;
        for (int i = 0; i < rounds && System.nanoTime() - end < 0; i++) {
            Round round = Round.draw(seed + i, kinds());
            Verdict verdict = play(round, Readers.Way.CACHE_CLIENT, Settling::judge);
            assertThat(new Settling(stage).told(verdict.stale()))
                    .as("stale after round " + i + ": " + round + "\nto play it again: -Dfreshet.faults.rounds=1"
                            + " -Dfreshet.faults.seed=" + round.seed() + "\n" + stage.lastWords())
                    .isEmpty();
            round.blows().forEach(blow -> struck.merge(blow.fault(), 1, Integer::sum));
            verdict.judged().forEach((form, entries) -> judged.merge(form, entries, Integer::sum));
            played++;
        }
        System.out.println(
                "FaultsIT: " + played + " rounds from seed " + seed + ", struck " + struck + ", judged " + judged);
        assertThat(judged.keySet())
                .as("a judge that sees nothing finds nothing")
                .contains(Form.values());
    }

    /** Readers that know nothing of the fill protocol, and so the judge has something to find. */
    @Test
    void whatPlainReadersStoreWhileCommitsAreInvisibleIsFound() throws Exception {
        Round round =
                new Round(1, List.of(new Blow(Fault.COMMITS_HELD, Duration.ofMillis(500), Duration.ofSeconds(4))));

        Verdict verdict = play(round, Readers.Way.PLAIN, Settling::judgeNow);

        assertThat(verdict.stale()).isNotEmpty();
        assertThat(new Settling(stage).told(verdict.stale()))
                .allSatisfy(told -> assertThat(told)
                        .contains("COMMITS_HELD begins")
                        .contains("committed: [")
                        .contains("a reader loaded"));
        emptyTheCache();
    }

    /** Offsets moved over changes that no writer has applied: a writer that drops records. */
    @Test
    void changesThatAreNeverAppliedAreFound() throws Exception {
        stage.chronicle().begin();
        fillBeforehand();
        stage.writers().forEach(Part::kill);
        Load load = new Load(stage::connect, stage.chronicle(), 1, false).start();
        Moments.pass(Duration.ofSeconds(1));
        load.stop();
        Moments.pass(Duration.ofMillis(500));
        Topics.skip(stage.admin());
        stage.writers().forEach(Part::start);
        Settling settling = new Settling(stage);
        settling.settle();

        List<Stale> stale = settling.judgeNow().stale();

        assertThat(stale).extracting(found -> found.form().orElseThrow()).contains(Form.PLAIN, Form.PRICE);
        assertThat(settling.told(stale)).allSatisfy(told -> assertThat(told).contains("committed: ["));
        emptyTheCache();
    }

    private static void emptyTheCache() {
        stage.view().entries().stream()
                .map(Entry::key)
                .distinct()
                .forEach(key -> stage.redis().del(key));
    }

    private static List<Fault> kinds() {
        String named = System.getProperty("freshet.faults.kinds", "");
        return named.isEmpty()
                ? List.of(Fault.values())
                : Stream.of(named.split(",", -1)).map(Fault::valueOf).toList();
    }

    private interface Judging {
        Verdict judge(Settling settling) throws Exception;
    }

    private static Verdict play(Round round, Readers.Way way, Judging judging) throws Exception {
        long began = System.nanoTime();
        Settling settling = new Settling(stage);
        stage.chronicle().begin();
        fillBeforehand();
        Load load = new Load(stage::connect, stage.chronicle(), round.seed(), round.loadIsCareless()).start();
        stage.readers().start(round.seed(), way);
        try {
            round.play(stage);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("a fault could not be made or undone: " + round + stage.lastWords(), e);
        } finally {
            load.stop();
            // What is read now is right, unless what stands there is not.
            Moments.pass(READING_ON);
            stage.readers().stop();
        }
        long over = System.nanoTime();
        try {
            settling.settle();
        } catch (AssertionError e) {
            throw new AssertionError(
                    round + "\nto play it again: -Dfreshet.faults.rounds=1 -Dfreshet.faults.seed=" + round.seed(), e);
        }
        long settled = System.nanoTime();
        Verdict verdict = judging.judge(settling);
        System.out.println("FaultsIT: seed " + round.seed() + " " + round.blows() + ": played "
                + Duration.ofNanos(over - began).toMillis() + " ms, settled "
                + Duration.ofNanos(settled - over).toMillis() + " ms, judged "
                + Duration.ofNanos(System.nanoTime() - settled).toMillis() + " ms, " + load.transactions()
                + " transactions, " + stage.readers().reads() + " reads, "
                + verdict.judged().values().stream().mapToInt(Integer::intValue).sum() + " entries, "
                + verdict.stale().size() + " stale");
        return verdict;
    }

    /** What readers do not fill, the test does, while nothing changes. */
    private static void fillBeforehand() throws Exception {
        try (Connection connection = stage.connect()) {
            Rows rows = Rows.read(connection);
            for (Form form : Form.values()) {
                if (form.filler() == Form.Filler.BEFOREHAND) {
                    for (Map<String, Long> row : rows.of(form.table())) {
                        stage.view()
                                .fill(List.of(form.entry(row)), form.json(row).toString());
                    }
                }
            }
        }
    }
}
