package dev.freshet.demo.arena;

import dev.freshet.demo.judge.Judge.Verdict;
import dev.freshet.demo.strategy.Strategy.Reply;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts what one strategy does. Thread-safe. */
final class Meter {

    private static final long LATE = TimeUnit.MILLISECONDS.toNanos(Totals.LATE_MILLIS);

    private final LongAdder reads = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private final LongAdder queries = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder broken = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final AtomicLongArray latencies = new AtomicLongArray(Latencies.STEPS);
    private final AtomicLong worst = new AtomicLong();
    private final AtomicLong worstOfLook = new AtomicLong();

    void read(long took, Reply reply) {
        reads.increment();
        if (reply.hit()) {
            hits.increment();
        }
        if (reply.queried()) {
            queries.increment();
        }
        nanos.add(took);
        latencies.incrementAndGet(Latencies.step(took));
    }

    /** @param promised whether an applied invalidation binds this strategy */
    void judged(Verdict verdict, boolean promised) {
        if (!verdict.stale()) {
            return;
        }
        stale.increment();
        if (verdict.staleNanos() > LATE) {
            late.increment();
        }
        if (promised && verdict.afterInvalidation()) {
            broken.increment();
        }
        worst.accumulateAndGet(verdict.staleNanos(), Math::max);
        worstOfLook.accumulateAndGet(verdict.staleNanos(), Math::max);
    }

    void failed() {
        failed.increment();
    }

    void skipped() {
        skipped.increment();
    }

    Totals totals() {
        long[] counts = new long[Latencies.STEPS];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = latencies.get(i);
        }
        return new Totals(
                reads.sum(),
                hits.sum(),
                queries.sum(),
                failed.sum(),
                skipped.sum(),
                stale.sum(),
                late.sum(),
                broken.sum(),
                nanos.sum(),
                new Latencies(counts));
    }

    /** How long, at most, what was read had been replaced; in milliseconds, since {@link #forgetWorst}. */
    double worstMillis() {
        return worst.get() / 1e6;
    }

    void forgetWorst() {
        worst.set(0);
    }

    /** The same since this was last asked. */
    double worstMillisOfLook() {
        return worstOfLook.getAndSet(0) / 1e6;
    }
}
