package dev.freshet.demo.arena;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.demo.arena.Herd.Stampede;
import dev.freshet.demo.arena.Tour.Act;
import dev.freshet.demo.arena.Tour.Outcome;
import dev.freshet.demo.strategy.Kind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TourTableTest {

    private static Outcome outcome(long broken, long applied) {
        long[] fast = new long[Latencies.STEPS];
        fast[Latencies.step(500_000)] = 1_000;
        List<Reading> readings = Arrays.stream(Kind.values())
                .map(kind -> {
                    boolean none = kind == Kind.NONE;
                    boolean ttl = kind == Kind.TTL;
                    Totals totals = new Totals(
                            1_000,
                            none ? 0 : 900,
                            none ? 1_000 : 100,
                            0,
                            0,
                            ttl ? 300 : 0,
                            ttl ? 250 : 0,
                            0,
                            none ? 2_000_000_000L : 500_000_000L,
                            new Latencies(fast));
                    return new Reading(kind, totals, totals, ttl ? 9_876 : 0, 0, kind == Kind.FRESHET ? broken : 0);
                })
                .toList();
        return new Outcome(
                LoadSettings.USUAL,
                List.of(new Act("Nothing fails", readings), new Act("Redis is killed", readings)),
                List.of(new Stampede(Kind.FRESHET, 1, 0, 3.21)),
                applied);
    }

    @Test
    void everyStrategyHasARowInEveryAct() {
        List<String> lines = TourTable.lines(outcome(0, 10));

        for (Kind kind : Kind.values()) {
            assertThat(lines.stream().filter(line -> line.startsWith(kind.title() + " ")))
                    .hasSizeGreaterThanOrEqualTo(2);
        }
        assertThat(lines).anyMatch(line -> line.matches("TTL only +1000 +0 +90 % .* 300 +250 +9876"));
        assertThat(lines).anyMatch(line -> line.matches("Freshet +1 queries, the slowest read 3\\.2 ms"));
    }

    @Test
    void latencyIsToldWithTheHitRateBesideIt() {
        assertThat(TourTable.lines(outcome(0, 10)))
                .contains(
                        "While nothing fails, a read takes 2.00 ms on average without a cache (median 0.51) and 0.50 ms"
                                + " with Freshet (median 0.51), 4.0 times as fast, at this load and with 90 % hits.");
    }

    @Test
    void aReadOlderThanAnInvalidationIsWrong() {
        assertThat(outcome(0, 10).kept()).isTrue();
        assertThat(outcome(3, 10).kept()).isFalse();
        assertThat(TourTable.lines(outcome(3, 10)))
                .contains("WRONG: Freshet served 3 reads older than an applied invalidation.");
    }

    /** A judge that saw nothing has judged nothing. */
    @Test
    void nothingAppliedIsWrongToo() {
        assertThat(outcome(0, 0).kept()).isFalse();
        assertThat(TourTable.lines(outcome(0, 0))).contains("WRONG: no change was seen applied to Freshet's cache.");
    }
}
