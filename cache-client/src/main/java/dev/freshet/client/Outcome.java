package dev.freshet.client;

import java.util.Locale;

/** How a read was answered. */
enum Outcome {
    /** From this process. */
    NEAR_HIT,
    /** From Redis. */
    HIT,
    /** From Redis or this process: a cached absence. */
    NEGATIVE,
    /** From the source, by this read. */
    MISS,
    /** By another's load: through Redis, or shared within this process. */
    WAIT,
    /** From the source, since Redis was not to be had. */
    DEGRADED;

    final String tag = name().toLowerCase(Locale.ROOT);
}
