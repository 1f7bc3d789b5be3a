package dev.freshet.client;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Counts and times what the cache does. Keys and values never appear. Thread-safe. */
final class Instruments {

    private final Map<Outcome, Counter> reads = new EnumMap<>(Outcome.class);
    private final Map<FillResult, Counter> fills = new EnumMap<>(FillResult.class);
    private final Counter undecodable;
    private final Counter foreign;
    private final Counter nearRefused;
    private final Timer loads;
    private final ObservationRegistry observations;
    private final String cache;

    /** @param cache the name that tells this cache's meters from those of others in the registry */
    Instruments(MeterRegistry meters, ObservationRegistry observations, String cache) {
        this.observations = observations;
        this.cache = cache;
        for (Outcome outcome : Outcome.values()) {
            reads.put(
                    outcome,
                    Counter.builder("freshet.cache.reads")
                            .description("Reads, by how they were answered")
                            .tag("cache", cache)
                            .tag("outcome", outcome.tag)
                            .register(meters));
        }
        for (FillResult result : FillResult.values()) {
            fills.put(
                    result,
                    Counter.builder("freshet.cache.fills")
                            .description("Loaded values, by what became of storing them")
                            .tag("cache", cache)
                            .tag("result", result.tag)
                            .register(meters));
        }
        this.undecodable = Counter.builder("freshet.cache.undecodable")
                .tag("cache", cache)
                .description("Cached values that could not be read and were removed")
                .register(meters);
        this.foreign = Counter.builder("freshet.cache.foreign")
                .tag("cache", cache)
                .description("Keys that hold something else than text, and were left alone")
                .register(meters);
        this.nearRefused = Counter.builder("freshet.cache.near.refused")
                .tag("cache", cache)
                .description("Values of this process that were not known to be as fresh as the read asked for")
                .register(meters);
        this.loads = Timer.builder("freshet.cache.loads")
                .tag("cache", cache)
                .description("Loads from the source")
                .register(meters);
    }

    void read(Outcome outcome) {
        counter(reads, outcome).increment();
    }

    void fill(FillResult result) {
        counter(fills, result).increment();
    }

    void undecodable() {
        undecodable.increment();
    }

    void foreign() {
        foreign.increment();
    }

    void nearRefused() {
        nearRefused.increment();
    }

    void loaded(long nanos) {
        loads.record(nanos, TimeUnit.NANOSECONDS);
    }

    boolean observed() {
        return !observations.isNoop();
    }

    /** An observation of one read, which its outcome ends. */
    Observation start() {
        return Observation.start("freshet.cache.read", observations).lowCardinalityKeyValue("cache", cache);
    }

    private static <E extends Enum<E>> Counter counter(Map<E, Counter> counters, E which) {
        Counter counter = counters.get(which);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + which);
        }
        return counter;
    }
}
