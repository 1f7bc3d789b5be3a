package dev.freshet.model;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * What the source's clock shows now, as far as was seen of it last: so times that the source wrote can be compared with
 * now, whatever this machine's clock shows. Before it was seen, this machine's clock. Thread-safe.
 */
public final class SourceClock implements InstantSource {

    private record Sight(Instant source, long nanos) {}

    private final InstantSource local;
    private final LongSupplier ticker;
    private volatile Sight sight;
    private volatile boolean seen;

    public SourceClock() {
        this(InstantSource.system(), System::nanoTime);
    }

    /** @param ticker nanoseconds that pass evenly, from wherever */
    SourceClock(InstantSource local, LongSupplier ticker) {
        this.local = local;
        this.ticker = ticker;
        this.sight = new Sight(local.instant(), ticker.getAsLong());
    }

    /**
     * The source was asked for its time.
     *
     * @param micros what it said, since 1970
     * @param askedNanos of {@link System#nanoTime} before it was asked; half of the time since then was the reply's way
     */
    public void seen(long micros, long askedNanos) {
        long now = ticker.getAsLong();
        Instant source = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        sight = new Sight(source.plusNanos((now - askedNanos) / 2), now);
        seen = true;
    }

    @Override
    public Instant instant() {
        if (!seen) {
            return local.instant();
        }
        Sight last = sight;
        return last.source().plusNanos(ticker.getAsLong() - last.nanos());
    }

    /** How far it is ahead of this machine's clock; zero before it was seen. */
    public Duration offset() {
        return seen ? Duration.between(local.instant(), instant()) : Duration.ZERO;
    }

    /** How long ago that was, by the source's clock; never negative. */
    public Duration since(Instant then) {
        Duration age = Duration.between(then, instant());
        return age.isNegative() ? Duration.ZERO : age;
    }
}
