package dev.freshet.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.system.faults.FaultJudge.Stale;
import dev.freshet.system.faults.Round.Blow;
import dev.freshet.system.faults.Settling.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing is stale when the dust has settled, whatever happened: each round strikes one to three faults while rows change and
 * readers fill. What is played, {@link Plan} says.
 */
class FaultsIT {

    private static final Duration READING_ON = Duration.ofMillis(400);

    private static final int MOST_FAILURES = 10;

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
        Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
        Map<Form, Integer> judged = new EnumMap<>(Form.class);
        List<String> failures = new ArrayList<>();
        Plan plan = Plan.given();
        System.out.println("FaultsIT: " + plan);
        int played = 0;
        for (Round round : plan) {
            try {
                Verdict verdict = play(round, Readers.Way.CACHE_CLIENT, Settling::judge);
                if (!verdict.stale().isEmpty()) {
                    fail(
                            failures,
                            "stale after " + round + "\n"
                                    + String.join("\n", new Settling(stage).told(verdict.stale())));
                    stage.emptyTheCache();
                }
                verdict.judged().forEach((form, entries) -> judged.merge(form, entries, Integer::sum));
            } catch (AssertionError e) {
                fail(failures, round + ": " + e.getMessage());
                stage.startAgain();
                round.clear(stage);
                stage.emptyTheCache();
                new Settling(stage).settle();
            }
            round.blows().forEach(blow -> struck.merge(blow.fault(), 1, Integer::sum));
            played++;
            if (failures.size() == MOST_FAILURES) {
                break;
            }
        }
        System.out.println("FaultsIT: " + played + " rounds, struck " + struck + ", judged " + judged);
        assertThat(failures).as("rounds of " + played + " that failed").isEmpty();
        assertThat(judgedWhenAllIsQuiet().stale()).isEmpty();
    }

    /** Entries of every form come to stand again, some by changes only; a judge that sees nothing finds nothing. */
    private static Verdict judgedWhenAllIsQuiet() throws Exception {
        Settling settling = new Settling(stage);
        stage.chronicle().begin();
        stage.fillBeforehand();
        Set<Form> seen = EnumSet.noneOf(Form.class);
        Load load = new Load(stage::connect, stage.chronicle(), 1).start();
        stage.readers().start(1, Readers.Way.CACHE_CLIENT);
        try {
            Moments.until("entries of every form", () -> {
                seen.addAll(settling.judgeNow().judged().keySet());
                return seen.containsAll(List.of(Form.values()));
            });
        } finally {
            load.stop();
            stage.readers().stop();
        }
        settling.settle();
        return settling.judge();
    }

    /** Told at once: what follows may take hours. */
    private static void fail(List<String> failures, String what) {
        System.out.println("FaultsIT: failed: " + what + stage.lastWords());
        failures.add(what);
    }

    /** Readers that know nothing of the fill protocol, and so the judge has something to find. */
    @Test
    void whatPlainReadersStoreWhileCommitsAreInvisibleIsFound() throws Exception {
        Round round =
                new Round(1, List.of(new Blow(Fault.COMMITS_HELD, Duration.ofMillis(500), Duration.ofSeconds(4))));

        Verdict verdict = play(round, Readers.Way.PLAIN, Settling::judgeNow);

        assertThat(verdict.stale()).isNotEmpty();
        assertThat(new Settling(stage).told(verdict.stale().subList(0, 1)))
                .allSatisfy(told -> assertThat(told)
                        .contains("COMMITS_HELD begins")
                        .contains("committed: [")
                        .contains("a reader loaded"));
        stage.emptyTheCache();
    }

    /** Offsets moved over changes that no writer has applied: a writer that drops records. */
    @Test
    void changesThatAreNeverAppliedAreFound() throws Exception {
        stage.chronicle().begin();
        stage.fillBeforehand();
        stage.writers().forEach(Part::kill);
        Load load = new Load(stage::connect, stage.chronicle(), 1).start();
        Moments.pass(Duration.ofSeconds(1));
        load.stop();
        Topics.skip(stage.admin(), stage.redis());
        stage.writers().forEach(Part::start);
        Settling settling = new Settling(stage);
        settling.settle();

        List<Stale> stale = settling.judgeNow().stale();

        assertThat(stale).extracting(found -> found.form().orElseThrow()).contains(Form.PLAIN, Form.PRICE);
        assertThat(settling.told(stale.subList(0, 1)))
                .allSatisfy(told -> assertThat(told).contains("committed: ["));
        stage.emptyTheCache();
    }

    private interface Judging {
        Verdict judge(Settling settling) throws Exception;
    }

    private static Verdict play(Round round, Readers.Way way, Judging judging) throws Exception {
        long began = System.nanoTime();
        Settling settling = new Settling(stage);
        stage.chronicle().begin();
        round.prepare(stage);
        stage.fillBeforehand();
        Load load = new Load(stage::connect, stage.chronicle(), round.seed()).start();
        stage.readers().start(round.seed(), way);
        try {
            round.play(stage);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("a fault could not be made or undone: " + e, e);
        } finally {
            load.stop();
            // What is read now is right, unless what stands there is not.
            Moments.pass(READING_ON);
            stage.readers().stop();
        }
        long over = System.nanoTime();
        settling.settle();
        long settled = System.nanoTime();
        Verdict verdict = judging.judge(settling);
        round.clear(stage);
        System.out.println("FaultsIT: seed " + round.seed() + " " + round.blows() + ": played "
                + Duration.ofNanos(over - began).toMillis() + " ms, settled "
                + Duration.ofNanos(settled - over).toMillis() + " ms, judged "
                + Duration.ofNanos(System.nanoTime() - settled).toMillis() + " ms, " + load.transactions()
                + " transactions, " + stage.readers().reads() + " reads, "
                + verdict.judged().values().stream().mapToInt(Integer::intValue).sum() + " entries, "
                + verdict.stale().size() + " stale");
        return verdict;
    }
}
