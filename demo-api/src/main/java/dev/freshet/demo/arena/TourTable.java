package dev.freshet.demo.arena;

import dev.freshet.demo.arena.Tour.Act;
import dev.freshet.demo.arena.Tour.Outcome;
import dev.freshet.demo.strategy.Kind;
import dev.freshet.demo.strategy.Strategies;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The comparison, for people. Pure. */
public final class TourTable {

    private TourTable() {}

    public static List<String> lines(Outcome outcome) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "The same reads by five strategies at once: %d reads/s by each, %d writes/s, %d %% of them by somebody"
                        + " else; TTL %d s.",
                outcome.load().reads(),
                outcome.load().writes(),
                outcome.load().foreign(),
                Strategies.TTL.toSeconds()));
        for (Act act : outcome.acts()) {
            lines.add("");
            lines.add(act.name());
            lines.add(row("", "reads", "failed", "hits", "p50 ms", "p99 ms", "queries", "stale", ">1 s", "worst ms"));
            act.readings().forEach(reading -> lines.add(row(reading)));
        }
        lines.add("");
        lines.add(Herd.READERS + " readers of one book at once, its entry gone:");
        outcome.herd()
                .forEach(stampede -> lines.add(String.format(
                        Locale.ROOT,
                        "%-26s %7d queries, the slowest read %.1f ms",
                        stampede.kind().title(),
                        stampede.queries(),
                        stampede.slowestMillis())));
        lines.add("");
        lines.add(
                "stale: a change had been committed before the read began, and it is not in what was read; >1 s: more than a"
                        + " second before;");
        lines.add("worst: how long before, at most. From the first fault on, Freshet's reads ask the database where the"
                + " pipeline has been silent for " + Strategies.MAX_STALENESS.toSeconds() + " s.");
        lines.addAll(latency(outcome.acts().get(0)));
        lines.add("");
        lines.add(verdict(outcome));
        return lines;
    }

    /** What a cache makes of a read's latency here; averages too, since that is what is claimed elsewhere. */
    private static List<String> latency(Act calm) {
        Totals without = of(calm, Kind.NONE);
        Totals with = of(calm, Kind.FRESHET);
        return List.of(String.format(
                Locale.ROOT,
                "While nothing fails, a read takes %.2f ms on average without a cache (median %.2f) and %.2f ms with Freshet"
                        + " (median %.2f), %.1f times as fast, at this load and with %.0f %% hits.",
                without.meanMillis(),
                without.latencies().quantile(0.5),
                with.meanMillis(),
                with.latencies().quantile(0.5),
                without.meanMillis() / with.meanMillis(),
                100 * with.hitRate()));
    }

    private static Totals of(Act act, Kind kind) {
        return act.readings().stream()
                .filter(reading -> reading.kind() == kind)
                .map(Reading::total)
                .findFirst()
                .orElseThrow();
    }

    private static String verdict(Outcome outcome) {
        if (outcome.applied() == 0) {
            return "WRONG: no change was seen applied to Freshet's cache.";
        }
        return outcome.broken() == 0
                ? "Freshet served no read older than an applied invalidation; " + outcome.applied()
                        + " changes were seen applied."
                : "WRONG: Freshet served " + outcome.broken() + " reads older than an applied invalidation.";
    }

    private static String row(Reading reading) {
        Totals total = reading.total();
        return row(
                reading.kind().title(),
                Long.toString(total.reads()),
                Long.toString(total.failed()),
                reading.kind() == Kind.NONE ? "-" : percent(total.hitRate()),
                millis(total.latencies().quantile(0.5)),
                millis(total.latencies().quantile(0.99)),
                Long.toString(total.queries()),
                Long.toString(total.stale()),
                Long.toString(total.late()),
                total.stale() == 0 ? "-" : millis(reading.worstMillis()));
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, "%-26s %7s %7s %6s %8s %8s %8s %7s %7s %9s", (Object[]) cells)
                .stripTrailing();
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String millis(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
    }
}
