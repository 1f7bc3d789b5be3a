package dev.freshet.redis.interleaving;

import java.util.function.Consumer;

/**
 * One thing that one actor does, indivisibly.
 *
 * @param name unique among what may happen next
 * @param reads what it looks at besides its actor's own state, as bits
 * @param writes what it changes besides its actor's own state, as bits
 * @param move changes the world's state
 * @param deed what it does to Redis; done before the move, and only when a schedule is played
 */
record Step(Actor actor, String name, int reads, int writes, Runnable move, Consumer<Cache> deed) {

    /** Which transactions have ended. */
    static final int VISIBILITY = 1;
    /** Which ids are assigned. */
    static final int IDS = 2;

    static final int LOG = 4;
    static final int CACHE = 8;
    static final int OFFSETS = 16;

    static final Consumer<Cache> NOTHING = cache -> {};

    boolean touchesCache() {
        return (writes & CACHE) != 0;
    }

    /** Whether the two, one right after the other, come to the same in either order. */
    boolean commutesWith(Step other) {
        return actor != other.actor
                && (writes & (other.reads | other.writes)) == 0
                && (other.writes & (reads | writes)) == 0;
    }
}
