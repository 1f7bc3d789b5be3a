package dev.freshet.benchmarks;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How much is measured. Immutable.
 *
 * @param repeats rounds, each over all rivals
 * @param rates changes a second
 * @param warmUp at 1,000 a second, before anything is measured
 * @param burst rows that change all at once, or that wait, in transactions of 1,000
 * @param singles rows that wait, each in a transaction of its own
 */
record Plan(
        Set<Part> parts,
        int repeats,
        List<Integer> rates,
        Duration warmUp,
        Duration latency,
        Duration idle,
        Duration writes,
        int burst,
        int singles,
        Duration sustained) {

    /** Rivals of one round that take their full time; the others take about one such time together. */
    private static final int FULL_RIVALS = 5;

    private static final double SCALING_SHARE = 0.15;
    private static final double LEAST = 2;

    Plan {
        parts = Set.copyOf(parts);
        rates = List.copyOf(rates);
    }

    /** Ends within five minutes. */
    static Plan quick() {
        return new Plan(
                EnumSet.complementOf(EnumSet.of(Part.SUSTAINED, Part.STAGES, Part.SCALING)),
                1,
                List.of(200, 1_000),
                Duration.ofSeconds(6),
                Duration.ofSeconds(8),
                Duration.ofSeconds(8),
                Duration.ofSeconds(3),
                100_000,
                30_000,
                Duration.ZERO);
    }

    /** Ends within about so many minutes. */
    static Plan full(int minutes, int repeats) {
        double each = minutes * 60.0 * (1 - SCALING_SHARE) / repeats / FULL_RIVALS;
        return new Plan(
                EnumSet.allOf(Part.class),
                repeats,
                List.of(200, 1_000, 5_000),
                Duration.ofSeconds(60),
                seconds(each * 0.08, 30),
                seconds(each * 0.08, 30),
                seconds(each * 0.04, 10),
                each < 45 ? 100_000 : 300_000,
                each < 45 ? 50_000 : 100_000,
                seconds(each * 0.05, 5));
    }

    private static Duration seconds(double seconds, double most) {
        return Duration.ofMillis(Math.round(1000 * Math.min(most, Math.max(LEAST, seconds))));
    }

    Plan only(Set<Part> chosen) {
        return chosen.isEmpty()
                ? this
                : new Plan(chosen, repeats, rates, warmUp, latency, idle, writes, burst, singles, sustained);
    }

    boolean has(Part part) {
        return parts.contains(part);
    }
}
