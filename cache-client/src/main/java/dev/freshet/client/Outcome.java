package dev.freshet.client;

import java.util.Locale;

/** How a read was answered. */
public enum Outcome {
    /** From this process. */
    NEAR_HIT,
    /** From Redis. */
    HIT,
    /** From Redis or this process: a cached absence. */
    NEGATIVE,
    /** From Redis, though it may be staler than was allowed: a value or an absence. */
    STALE,
    /** From the source, by this read. */
    MISS,
    /** By another's load: through Redis, or shared within this process. */
    WAIT,
    /** From the source, since what Redis holds was not known to be fresh enough. */
    BYPASSED_STALENESS,
    /** From the source, since what Redis holds was not known to have the write that the read's token stands for. */
    BYPASSED_TOKEN,
    /** From the source, since Redis was not to be had. */
    DEGRADED;

    final String tag = name().toLowerCase(Locale.ROOT);

    /** Whether Redis was passed over on purpose. */
    boolean bypassed() {
        return this == BYPASSED_STALENESS || this == BYPASSED_TOKEN;
    }
}
