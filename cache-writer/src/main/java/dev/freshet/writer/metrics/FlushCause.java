package dev.freshet.writer.metrics;

import java.util.Locale;

/** Why mapped caches are flushed. */
public enum FlushCause {
    /** The listener says that changes may have been missed. */
    GAP,
    /** Records are gone from Kafka. */
    MISSED,
    /** A control record that cannot be read may have told of a gap. */
    UNREADABLE,
    /** A table was altered. */
    REDEFINED,
    /** A cache is new, or was mapped in another way. */
    MAPPING;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
