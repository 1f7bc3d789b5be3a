package dev.freshet.cli.console;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What the process had counted at one moment. Immutable.
 *
 * @param nanos by a clock that only tells differences
 * @param staleness the age of the watermark in seconds; empty where it is not known
 * @param caches by name
 * @param store how long Redis takes to apply a batch
 * @param publishing from commit to Kafka, where the listener is in this process
 * @param flushes by cause
 */
record Sample(
        long nanos,
        OptionalDouble staleness,
        double changes,
        double gaps,
        double losses,
        double deadLetters,
        Map<String, OfCache> caches,
        Latency store,
        Latency publishing,
        Map<String, Double> flushes) {

    /** What became of a cache's keys, and how long after the commit. */
    record OfCache(double deleted, double absent, double refreshed, double dropped, double sweeps, Latency latency) {}

    /** @param names of the caches */
    static Sample take(MeterRegistry meters, List<String> names, long nanos) {
        Map<String, OfCache> caches = new LinkedHashMap<>();
        for (String name : names) {
            caches.put(
                    name,
                    new OfCache(
                            keys(meters, name, "deleted"),
                            keys(meters, name, "absent"),
                            keys(meters, name, "refreshed"),
                            keys(meters, name, "older"),
                            count(meters, "freshet.writer.sweeps", "cache", name),
                            Latency.of(meters.find("freshet.writer.commit.to.redis")
                                    .tag("cache", name)
                                    .timers())));
        }
        Map<String, Double> flushes = new TreeMap<>();
        for (Counter counter : meters.find("freshet.writer.flushes").counters()) {
            flushes.put(String.valueOf(counter.getId().getTag("cause")), counter.count());
        }
        return new Sample(
                nanos,
                gauge(meters, "freshet.watermark.age.seconds"),
                count(meters, "freshet.writer.changes"),
                count(meters, "freshet.writer.gaps"),
                count(meters, "freshet.writer.redis.losses"),
                count(meters, "freshet.writer.dead.letters"),
                caches,
                Latency.of(meters.find("freshet.writer.redis")
                        .tag("operation", "apply")
                        .timers()),
                Latency.of(meters.find("freshet.listener.commit.to.kafka").timers()),
                flushes);
    }

    private static double keys(MeterRegistry meters, String cache, String result) {
        return count(meters, "freshet.writer.keys", "cache", cache, "result", result);
    }

    /** Of all counters of the name that have these tags, together. */
    private static double count(MeterRegistry meters, String name, String... tags) {
        return meters.find(name).tags(tags).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static OptionalDouble gauge(MeterRegistry meters, String name) {
        Gauge gauge = meters.find(name).gauge();
        double value = gauge == null ? Double.NaN : gauge.value();
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Of all caches together. */
    Latency latency() {
        return Latency.sum(caches.values().stream().map(OfCache::latency).toList());
    }

    double deleted() {
        return caches.values().stream().mapToDouble(OfCache::deleted).sum();
    }

    double refreshed() {
        return caches.values().stream().mapToDouble(OfCache::refreshed).sum();
    }
}
