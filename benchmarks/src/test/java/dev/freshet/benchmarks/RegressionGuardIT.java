package dev.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.benchmarks.load.Played;
import dev.freshet.benchmarks.load.Source;
import dev.freshet.benchmarks.load.SteadyLoad;
import dev.freshet.benchmarks.load.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Freshet against the floor and the limit of the same minute, as ratios: no time of its own is judged. Noise only adds, so the
 * best of several windows counts, and of its times the first quartile. The bounds lie far above what is usual; what they find
 * is a poll that waits, or a stage that waits for the next one at every change.
 */
final class RegressionGuardIT {

    private static final int ROWS = 20_001;
    private static final int RATE = 200;
    private static final int CHANGES = 100;
    private static final int BURST = 20_000;
    private static final double SLOWER_AT_MOST = 400;
    private static final double FEWER_AT_MOST = 20;
    private static final Duration LOOKING = Duration.ofSeconds(7);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** One ratio. */
    @FunctionalInterface
    private interface Ratio {
        double measure() throws Exception;
    }

    @Test
    void freshetStaysWithinItsRatiosToTheFloorAndTheLimit() throws Exception {
        try (Site site = Site.start(false, ROWS)) {
            Rival own = Rivals.ownDelete(site);
            latency(site, own);
            double floor = latency(site, own);
            double limit;
            try (Rival rival = Rivals.pgoutput(site)) {
                rival.attach();
                site.awaitEffect(rival.prefix());
                burst(site, rival);
                limit = burst(site, rival);
            }
            site.clear();
            try (Rival freshet = new Freshet(
                    site, "guard", new Freshet.Setting(Freshet.Setting.ONE_CACHE, 6, List.of(), List.of()))) {
                freshet.attach();
                site.awaitEffect(freshet.prefix());
                burst(site, freshet);

                double fewer = best(FEWER_AT_MOST, () -> limit / burst(site, freshet));
                double slower = best(SLOWER_AT_MOST, () -> latency(site, freshet) / floor);

                print("commit to key gone beside the application's own delete", slower, SLOWER_AT_MOST);
                print("changes a second of a bare pgoutput reader beside Freshet's", fewer, FEWER_AT_MOST);
                assertThat(slower).isLessThan(SLOWER_AT_MOST);
                assertThat(fewer).isLessThan(FEWER_AT_MOST);
            }
        }
    }

    private static void print(String what, double ratio, double bound) {
        System.out.printf(Locale.ROOT, "guard: %s: %.1f times (at most %.0f)%n", what, ratio, bound);
    }

    /** Ends early where one window is far within the bound: more of them would only take time. */
    private static double best(double bound, Ratio ratio) throws Exception {
        double best = Double.MAX_VALUE;
        long end = System.nanoTime() + LOOKING.toNanos();
        do {
            best = Math.min(best, ratio.measure());
        } while (best > bound / 4 && System.nanoTime() < end);
        return best;
    }

    /** Milliseconds. */
    private static double latency(Site site, Rival rival) throws InterruptedException {
        site.fill(rival.prefix(), 0, CHANGES);
        try (Watcher watcher = site.watch(rival.prefix())) {
            Played played = new SteadyLoad(site.source(), rival::afterCommit, 1, 1).play(RATE, 0, CHANGES);
            assertThat(watcher.await(CHANGES, PATIENCE)).isTrue();
            return played.effects(watcher, 1, PATIENCE.toNanos()).millis(0.25);
        }
    }

    /** Row changes a second. */
    private static double burst(Site site, Rival rival) throws Exception {
        site.fill(rival.prefix(), 0, BURST);
        try (Watcher watcher = site.watch(rival.prefix())) {
            site.source().change(Source.TABLE, 0, BURST, 1_000);
            assertThat(watcher.await(BURST, PATIENCE)).isTrue();
            return BURST / (watcher.span().toNanos() / 1e9);
        }
    }
}
