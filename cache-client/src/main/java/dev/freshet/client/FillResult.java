package dev.freshet.client;

import dev.freshet.redis.ReadStore;
import java.util.Locale;

/** What became of a value that a read had loaded and might have stored. */
enum FillResult {
    STORED,
    /** A change voided the lease. */
    REFUSED_LEASE,
    /** The snapshot has not seen a change that fences the key. */
    REFUSED_FENCE,
    /** The load took longer than a lease lives, the writers' patterns changed meanwhile, or their window is shorter than
     * this client was told. */
    REFUSED_WINDOW,
    /** The encoded value is larger than the cap. */
    REFUSED_SIZE,
    /** The source said that what it told must not be cached: in recovery, or within a transaction that has written. */
    REFUSED_SNAPSHOT,
    /** The key belongs to a cache whose changes leave no fences. */
    REFUSED_UNFENCED,
    /** The value cannot be encoded. */
    REFUSED_CODEC,
    /** Absences are not to be cached. */
    REFUSED_NEGATIVE,
    /** Redis did not answer. */
    FAILED;

    /** @param late whether the lease's life was over by this process's clock */
    static FillResult of(ReadStore.Filled filled, boolean late) {
        return switch (filled) {
            case STORED -> STORED;
            case FENCED -> REFUSED_FENCE;
            case PATTERNS_CHANGED, WINDOW_TOO_SHORT -> REFUSED_WINDOW;
            case NOT_FENCED_HERE -> REFUSED_UNFENCED;
            case LEASE_GONE -> late ? REFUSED_WINDOW : REFUSED_LEASE;
        };
    }

    final String tag = name().toLowerCase(Locale.ROOT);
}
