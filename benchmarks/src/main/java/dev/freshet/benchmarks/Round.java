package dev.freshet.benchmarks;

import dev.freshet.benchmarks.load.Played;
import dev.freshet.benchmarks.load.Sample;
import dev.freshet.benchmarks.load.Source;
import dev.freshet.benchmarks.load.SteadyLoad;
import dev.freshet.benchmarks.load.Watcher;
import dev.freshet.benchmarks.load.Writes;
import dev.freshet.benchmarks.report.Figure;
import dev.freshet.benchmarks.report.Results;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Measures one rival once. Confined to one thread. */
final class Round {

    private static final int BY = 1_000;
    private static final int SUSTAINED_BY = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration APPLICATION_WARM_UP = Duration.ofSeconds(3);
    private static final Duration CALM = Duration.ofSeconds(5);
    private static final double HELD_MILLIS = 100;
    private static final int TRIES = 8;

    private final Site site;
    private final Plan plan;
    private final Rival rival;
    private final Results results;
    private final Consumer<String> progress;

    Round(Site site, Plan plan, Rival rival, Results results, Consumer<String> progress) {
        this.site = site;
        this.plan = plan;
        this.rival = rival;
        this.results = results;
        this.progress = line -> progress.accept(rival.name() + ": " + line);
    }

    /** Attaches it, measures the plan's parts, and takes it away. */
    void play() throws SQLException, InterruptedException {
        site.clear();
        try (rival) {
            progress.accept("attach");
            rival.attach();
            warmUp();
            if (plan.has(Part.LATENCY)) {
                for (int rate : plan.rates()) {
                    latency(rate);
                }
            }
            if (plan.has(Part.WRITES)) {
                writes();
            }
            if (plan.has(Part.IDLE) && !rival.processes().isEmpty()) {
                idle();
            }
            double burst = 0;
            if (works() && (plan.has(Part.BURST) || plan.has(Part.SUSTAINED))) {
                burst = burst();
            }
            if (works() && plan.has(Part.SUSTAINED)) {
                sustained(burst);
            }
            memory();
            if (plan.has(Part.DRAIN) && rival.keepsBacklog()) {
                note(Figures.DRAIN, Figures.COLD, drain(plan.burst(), BY));
                // The processes are new, so this is all that they have used.
                note(Figures.CPU, Figures.COLD_BULK, 1e6 * Usage.cpuSeconds(rival.processes()) / plan.burst());
                note(Figures.DRAIN, Figures.COLD_SINGLES, drain(plan.singles(), 1));
            }
        }
    }

    private boolean works() {
        return rival.takesEffect() && !rival.worksInTheApplication();
    }

    private void note(Figure figure, String column, double value) {
        results.add(figure, rival.name(), column, value);
    }

    /**
     * What runs for the first time is compiled meanwhile, ours and its: a service that was started a minute ago is what a
     * database's changes meet, but for once.
     */
    private void warmUp() throws SQLException, InterruptedException {
        progress.accept("warm-up");
        if (works()) {
            site.awaitEffect(rival.prefix());
            timed(plan.burst(), BY);
        }
        Duration singles = rival.processes().isEmpty() ? APPLICATION_WARM_UP : plan.warmUp();
        steady(1_000, (int) singles.toMillis(), 1);
        if (works()) {
            site.awaitEffect(rival.prefix());
        }
    }

    private Played steady(int rate, int changes, int perTransaction) throws InterruptedException {
        int connections = rate / perTransaction <= 300 ? 1 : rate / perTransaction <= 1_500 ? 2 : 8;
        return new SteadyLoad(site.source(), rival::afterCommit, perTransaction, connections).play(rate, 0, changes);
    }

    private void idle() throws InterruptedException {
        progress.accept("idle for " + plan.idle().toSeconds() + " s");
        TimeUnit.MILLISECONDS.sleep(CALM.toMillis());
        Meter meter = new Meter();
        TimeUnit.MILLISECONDS.sleep(plan.idle().toMillis());
        double seconds = meter.seconds();
        note(Figures.IDLE, Figures.PIPELINE, 100 * meter.pipeline() / seconds);
        note(Figures.IDLE, Figures.SERVERS, 100 * meter.servers() / seconds);
    }

    private void latency(int rate) throws InterruptedException {
        progress.accept(String.format(Locale.ROOT, "%,d changes a second", rate));
        int changes =
                (int) Math.min(site.source().rows() - 1, rate * plan.latency().toMillis() / 1000);
        site.fill(rival.prefix(), 0, changes);
        try (Watcher watcher = site.watch(rival.prefix())) {
            Meter meter = new Meter();
            Played played = steady(rate, changes, 1);
            if (rival.takesEffect()) {
                awaitAll(watcher, changes);
                if (rate == 1_000 && !rival.processes().isEmpty()) {
                    note(Figures.CPU, "at 1,000 a second", 1e6 * meter.pipeline() / changes);
                }
                Sample effects = played.effects(watcher, 1, PATIENCE.toNanos());
                Figure figure = Figures.latency(rate);
                note(figure, "p50", effects.millis(0.5));
                note(figure, "p99", effects.millis(0.99));
                note(figure, "p99.9", effects.millis(0.999));
                note(figure, "max", effects.millis(1));
            }
            if (rate == 200) {
                note(Figures.COMMIT, "p50", played.commits().millis(0.5));
                note(Figures.COMMIT, "p99", played.commits().millis(0.99));
            }
            if (played.rate() < 0.95 * rate) {
                progress.accept(String.format(Locale.ROOT, "the source took only %,.0f a second", played.rate()));
            }
        }
    }

    private boolean awaitAll(Watcher watcher, int changes) {
        if (watcher.await(changes, PATIENCE)) {
            return true;
        }
        progress.accept((changes - watcher.count()) + " of " + changes + " keys still stood after "
                + PATIENCE.toSeconds() + " s");
        return false;
    }

    private void writes() throws InterruptedException {
        progress.accept("writes");
        note(Figures.WRITES, "commits", new Writes(site.source(), rival::afterCommit).play(plan.writes()));
        if (works()) {
            TimeUnit.MILLISECONDS.sleep(CALM.toMillis());
        }
    }

    private double burst() throws SQLException {
        progress.accept(String.format(Locale.ROOT, "%,d changes at once", plan.burst()));
        Meter meter = new Meter();
        double rate = timed(plan.burst(), BY);
        note(Figures.DRAIN, Figures.BURST, rate);
        if (rate > 0) {
            note(Figures.CPU, Figures.BULK, 1e6 * meter.pipeline() / plan.burst());
        }
        return rate;
    }

    /** Row changes a second from the first effect to the last, of changes that are made while it runs. */
    private double timed(int changes, int by) throws SQLException {
        site.fill(rival.prefix(), 0, changes);
        try (Watcher watcher = site.watch(rival.prefix())) {
            site.source().change(Source.TABLE, 0, changes, by);
            return awaitAll(watcher, changes) ? changes / (watcher.span().toNanos() / 1e9) : 0;
        }
    }

    /** The same, of changes that wait when it starts. */
    private double drain(int changes, int by) throws SQLException {
        progress.accept(String.format(Locale.ROOT, "%,d changes wait, by %,d", changes, by));
        rival.stop();
        site.fill(rival.prefix(), 0, changes);
        site.source().change(Source.TABLE, 0, changes, by);
        try (Watcher watcher = site.watch(rival.prefix())) {
            rival.start();
            return awaitAll(watcher, changes) ? changes / (watcher.span().toNanos() / 1e9) : 0;
        }
    }

    /** From somewhat less than it managed at once, downwards until it holds. */
    private void sustained(double burst) throws InterruptedException {
        double rate = burst * 0.9;
        for (int i = 0; i < TRIES && rate >= 1_000; i++) {
            int rounded = (int) (Math.round(rate / 1_000) * 1_000);
            if (holds(rounded)) {
                note(Figures.SUSTAINED, Figures.HELD, rounded);
                return;
            }
            rate *= 0.82;
        }
        progress.accept("held no rate that was tried");
    }

    private boolean holds(int rate) throws InterruptedException {
        int most = (site.source().rows() - 1) / SUSTAINED_BY * SUSTAINED_BY;
        int changes = (int) Math.min(most, rate * plan.sustained().toMillis() / 1000) / SUSTAINED_BY * SUSTAINED_BY;
        site.fill(rival.prefix(), 0, changes);
        try (Watcher watcher = site.watch(rival.prefix())) {
            Played played = steady(rate, changes, SUSTAINED_BY);
            awaitAll(watcher, changes);
            double p99 = played.effects(watcher, 0.5, PATIENCE.toNanos()).millis(0.99);
            progress.accept(String.format(
                    Locale.ROOT,
                    "%,d changes a second: the source took %,.0f, p99 of the second half %.1f ms",
                    rate,
                    played.rate(),
                    p99));
            return played.rate() > 0.95 * rate && p99 < HELD_MILLIS;
        }
    }

    private void memory() {
        List<Long> processes = rival.processes();
        if (!processes.isEmpty() && Usage.isKnown()) {
            note(Figures.MEMORY, "peak", Usage.peakMegabytes(processes));
        }
    }

    /** What was used since it was made. */
    private final class Meter {
        private final long began = System.nanoTime();
        private final double pipeline = Usage.cpuSeconds(rival.processes());
        private final double servers = Usage.cpuSeconds(site.servers());

        double seconds() {
            return (System.nanoTime() - began) / 1e9;
        }

        double pipeline() {
            return Usage.cpuSeconds(rival.processes()) - pipeline;
        }

        double servers() {
            return Usage.cpuSeconds(site.servers()) - servers;
        }
    }
}
