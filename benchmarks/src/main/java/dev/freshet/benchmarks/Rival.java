package dev.freshet.benchmarks;

import dev.freshet.benchmarks.load.AfterCommit;
import java.sql.SQLException;
import java.util.List;

/** One way to get a changed row's key out of Redis. Confined to one thread. */
interface Rival extends AutoCloseable {

    /** What the tables and charts call it. */
    String name();

    /** Makes what it needs at the source, and starts; returns when what it has of its own is ready. */
    void attach() throws SQLException, InterruptedException;

    /** Whether anything happens in Redis at all. */
    default boolean takesEffect() {
        return true;
    }

    /** Whether its work waits for it while it does not run. */
    default boolean keepsBacklog() {
        return false;
    }

    /** Whether the application does the work, on the thread that committed: then there is no backlog at all. */
    default boolean worksInTheApplication() {
        return false;
    }

    /** What precedes the row's number in the keys that it touches. */
    default String prefix() {
        return "item:";
    }

    /** What the application does after each commit; one for each of its connections. */
    default AfterCommit afterCommit() {
        return AfterCommit.NOTHING;
    }

    /** The processes that run because of it; none of the servers. */
    List<Long> processes();

    /** Ends its processes in good order. */
    void stop();

    /** Starts them again; may return before they are ready. */
    void start();

    /** Ends, and removes what only it could remove. */
    @Override
    void close() throws SQLException;
}
