package dev.freshet.benchmarks.load;

/** What the application itself does after a commit, on the thread that committed. */
@FunctionalInterface
public interface AfterCommit extends AutoCloseable {

    AfterCommit NOTHING = row -> {};

    /** The change of this row was committed. */
    void committed(int row);

    @Override
    default void close() {}
}
