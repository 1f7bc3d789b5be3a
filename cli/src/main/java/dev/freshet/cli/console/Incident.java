package dev.freshet.cli.console;

import java.time.Instant;

/**
 * Something after which caches were not trusted.
 *
 * @param at for a gap when it was found, otherwise when it was noticed
 * @param reason for people; no row value
 */
record Incident(Instant at, Kind kind, String reason) {

    enum Kind {
        GAP,
        FLUSH,
        LOSS
    }
}
