package dev.freshet.demo.api;

import dev.freshet.client.Outcome;

/** Where an answer came from. */
public enum Source {
    /** From the cache. */
    HIT("hit"),
    /** From the database, by this request. */
    MISS("miss"),
    /** From the database, by another request for the same that was under way. */
    WAIT("wait"),
    /** From the database, past the cache: Redis was not to be had, or not known to be as fresh as was asked. */
    BYPASS("bypass");

    private final String header;

    Source(String header) {
        this.header = header;
    }

    static Source of(Outcome outcome) {
        return switch (outcome) {
            // Stale is only what is not known to be fresh, of a request that did not ask for that.
            case NEAR_HIT, HIT, NEGATIVE, STALE -> HIT;
            case MISS -> MISS;
            case WAIT -> WAIT;
            case BYPASSED_STALENESS, BYPASSED_TOKEN, DEGRADED -> BYPASS;
        };
    }

    /** As the response header says it. */
    public String header() {
        return header;
    }
}
