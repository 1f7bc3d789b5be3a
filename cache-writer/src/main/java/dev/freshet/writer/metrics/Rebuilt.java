package dev.freshet.writer.metrics;

import java.util.Locale;

/** What came of rebuilding an entry by its query. */
public enum Rebuilt {
    FILLED,
    /** A newer change, or a reader, came first. */
    REFUSED,
    /** The query returned no row. */
    EMPTY,
    /** The change was not visible yet; the query is asked again. */
    EARLY,
    FAILED,
    /** Too many waited. */
    DROPPED;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
