package dev.freshet.demo.arena;

/** How many reads took how long, in steps of an eighth of an octave of a microsecond. Immutable. */
public final class Latencies {

    /** Up to a minute. */
    static final int STEPS = 8 * 24;

    private final long[] counts;

    Latencies(long[] counts) {
        this.counts = counts.clone();
    }

    static int step(long nanos) {
        long micros = Math.max(1, nanos / 1_000);
        int octave = 63 - Long.numberOfLeadingZeros(micros);
        int eighth = octave >= 3 ? (int) (micros >> (octave - 3)) & 7 : (int) (micros << (3 - octave)) & 7;
        return Math.min(STEPS - 1, octave * 8 + eighth);
    }

    /** The upper end of a step, in milliseconds. */
    private static double millis(int step) {
        return (1L << (step / 8)) * (1 + (step % 8 + 1) / 8.0) / 1e3;
    }

    Latencies minus(Latencies earlier) {
        long[] left = counts.clone();
        for (int i = 0; i < left.length; i++) {
            left[i] -= earlier.counts[i];
        }
        return new Latencies(left);
    }

    /** In milliseconds, at most an eighth too high; NaN where nothing was read. */
    public double quantile(double share) {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        long wanted = (long) Math.ceil(all * share);
        long passed = 0;
        for (int step = 0; step < counts.length; step++) {
            passed += counts[step];
            if (all > 0 && passed >= wanted) {
                return millis(step);
            }
        }
        return Double.NaN;
    }
}
