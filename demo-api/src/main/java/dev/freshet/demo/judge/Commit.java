package dev.freshet.demo.judge;

/**
 * A change that PostgreSQL acknowledged.
 *
 * @param before what stood there until then
 * @param transaction its id, in 64 bits
 * @param returned when the COMMIT had returned, by {@link System#nanoTime}
 */
public record Commit(long book, Field field, long before, long after, long transaction, long returned) {}
