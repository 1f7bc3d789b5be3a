package dev.freshet.demo.strategy;

import java.sql.SQLException;
import java.util.Optional;

/** One way to serve a book's page, with connections of its own. Thread-safe. A cache that is away fails no read. */
public interface Strategy extends AutoCloseable {

    /**
     * @param page JSON; empty where there is no such book
     * @param hit whether it came from the cache
     * @param queried whether this read asked PostgreSQL for it; neither: it waited for another's load
     */
    record Reply(Optional<String> page, boolean hit, boolean queried) {}

    Kind kind();

    /** @throws SQLException where the database was needed and did not answer */
    Reply read(long book) throws SQLException;

    /** The application itself has just committed a change to the book. */
    default void wrote(long book) {}

    /** Lets a listener of the strategy's own stop, or go on; a strategy without one does nothing. */
    default void listen(boolean on) {}

    /** Whether reads demand a cache of which is known how fresh it is; a strategy that cannot know does nothing. */
    default void demandFreshness(boolean on) {}

    @Override
    void close();
}
