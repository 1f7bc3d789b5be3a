package dev.freshet.cli.console;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.util.Collection;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** What timers have counted since they were made, or between two moments. Immutable. */
final class Latency {

    static final Latency NONE = new Latency(new double[0], new long[] {0});

    /** Of the buckets, in milliseconds. */
    private final double[] bounds;

    /** Of what lies at or below each bound, and last of everything. */
    private final long[] counts;

    private Latency(double[] bounds, long[] counts) {
        this.bounds = bounds;
        this.counts = counts;
    }

    /** Of timers with the same buckets, together. */
    static Latency of(Collection<Timer> timers) {
        return sum(timers.stream().map(Latency::of).toList());
    }

    static Latency sum(Collection<Latency> parts) {
        return parts.stream().reduce(NONE, (one, other) -> one.plus(other, 1));
    }

    private static Latency of(Timer timer) {
        CountAtBucket[] buckets = timer.takeSnapshot().histogramCounts();
        double[] bounds = new double[buckets.length];
        long[] counts = new long[buckets.length + 1];
        for (int i = 0; i < buckets.length; i++) {
            bounds[i] = buckets[i].bucket(TimeUnit.MICROSECONDS) / 1e3;
            counts[i] = Math.round(buckets[i].count());
        }
        // Counted after the buckets: more may have come, and none of them is lost.
        counts[buckets.length] = Math.max(timer.count(), buckets.length == 0 ? 0 : counts[buckets.length - 1]);
        return new Latency(bounds, counts);
    }

    /** What was counted after the earlier moment. */
    Latency since(Latency earlier) {
        return plus(earlier, -1);
    }

    private Latency plus(Latency other, int sign) {
        if (other.bounds.length == 0 && bounds.length > 0) {
            return this;
        }
        if (bounds.length == 0) {
            return other;
        }
        long[] sum = new long[counts.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = counts[i] + sign * other.counts[i];
        }
        return new Latency(bounds, sum);
    }

    OptionalDouble quantile(double quantile) {
        return Quantiles.of(quantile, bounds, counts);
    }
}
