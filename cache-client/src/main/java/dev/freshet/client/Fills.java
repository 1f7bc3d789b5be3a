package dev.freshet.client;

import dev.freshet.redis.ReadStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** Stores what was loaded under a lease, or says why not; either way the lease ends. Thread-safe. */
final class Fills {

    private final ReadStore store;
    private final Guard guard;
    private final Codec codec;
    private final Instruments instruments;
    private final Duration leaseLife;
    private final int largest;

    /** @param largest of an encoded value, in bytes */
    Fills(ReadStore store, Guard guard, Codec codec, Instruments instruments, Duration leaseLife, int largest) {
        this.store = store;
        this.guard = guard;
        this.codec = codec;
        this.instruments = instruments;
        this.leaseLife = leaseLife;
        this.largest = largest;
    }

    /** Never fails. */
    CompletableFuture<FillResult> fill(Lease lease, Loaded<?> loaded, ReadOptions options) {
        return tryToFill(lease, loaded, options).whenComplete((result, never) -> instruments.fill(result));
    }

    private CompletableFuture<FillResult> tryToFill(Lease lease, Loaded<?> loaded, ReadOptions options) {
        if (loaded.snapshot().isEmpty()) {
            return refuse(lease, FillResult.REFUSED_SNAPSHOT);
        } else if (loaded.value().isEmpty() && options.negativeTtl().isZero()) {
            return refuse(lease, FillResult.REFUSED_NEGATIVE);
        }
        byte[] bytes;
        try {
            bytes = codec.encode(loaded.value());
        } catch (RuntimeException e) {
            return refuse(lease, FillResult.REFUSED_CODEC);
        }
        if (bytes.length > largest) {
            return refuse(lease, FillResult.REFUSED_SIZE);
        }
        Duration ttl = options.life(
                loaded.value().isPresent(), ThreadLocalRandom.current().nextDouble());
        ReadStore.Fill fill =
                new ReadStore.Fill(lease.key(), lease.token(), loaded.snapshot().get(), ttl, options.tags());
        return guard.ask(() -> store.fill(fill, bytes))
                .handle((filled, failure) ->
                        failure != null ? FillResult.FAILED : FillResult.of(filled, hasEnded(lease)));
    }

    private CompletableFuture<FillResult> refuse(Lease lease, FillResult why) {
        release(lease);
        return CompletableFuture.completedFuture(why);
    }

    /** Gives the lease back; nobody waits for that. */
    void release(Lease lease) {
        var unused = guard.ask(() -> store.release(lease.key(), lease.token()));
    }

    private boolean hasEnded(Lease lease) {
        return System.nanoTime() - lease.grantedNanos() >= leaseLife.toNanos();
    }
}
