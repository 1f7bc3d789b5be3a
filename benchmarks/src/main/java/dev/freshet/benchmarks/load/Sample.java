package dev.freshet.benchmarks.load;

import java.util.Arrays;

/** Times of one kind. Immutable. */
public final class Sample {

    private final long[] sorted;

    private Sample(long[] sorted) {
        this.sorted = sorted;
    }

    /** Of times in nanoseconds, in any order; at least one. */
    public static Sample ofNanos(long... times) {
        if (times.length == 0) {
            throw new IllegalArgumentException("a sample of nothing");
        }
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        return new Sample(sorted);
    }

    /** How many. */
    public int size() {
        return sorted.length;
    }

    /**
     * The time in milliseconds that this part of all did not exceed: the smallest such one that was measured.
     *
     * @param part above 0, to 1
     */
    public double millis(double part) {
        if (!(part > 0 && part <= 1)) {
            throw new IllegalArgumentException("no part of a whole: " + part);
        }
        int rank = (int) Math.ceil(part * sorted.length);
        return sorted[Math.max(0, rank - 1)] / 1e6;
    }
}
