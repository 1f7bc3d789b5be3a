package dev.freshet.cli.console;

import java.util.OptionalDouble;

/** Quantiles of histograms, linear within a bucket. Pure functions. */
final class Quantiles {

    private Quantiles() {}

    /**
     * @param bounds upper ones, rising
     * @param counts of what lies at or below each bound, and last of everything: one more than bounds
     * @return empty where nothing was counted; what lies above the last bound is told as the last bound
     */
    static OptionalDouble of(double quantile, double[] bounds, long[] counts) {
        long all = counts[counts.length - 1];
        if (all <= 0) {
            return OptionalDouble.empty();
        }
        double rank = quantile * all;
        for (int i = 0; i < bounds.length; i++) {
            if (counts[i] >= rank) {
                double lower = i == 0 ? 0 : bounds[i - 1];
                long below = i == 0 ? 0 : counts[i - 1];
                double share = counts[i] == below ? 1 : (rank - below) / (counts[i] - below);
                return OptionalDouble.of(lower + (bounds[i] - lower) * share);
            }
        }
        return OptionalDouble.of(bounds.length == 0 ? 0 : bounds[bounds.length - 1]);
    }
}
