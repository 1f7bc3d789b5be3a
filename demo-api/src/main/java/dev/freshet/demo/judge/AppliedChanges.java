package dev.freshet.demo.judge;

/** Finds out which changes have been applied to the cache, and when that was first known. Thread-safe. */
interface AppliedChanges extends AutoCloseable {

    /** The version is committed: it is to be told when the cache is seen to know of it. */
    void expect(long book, Version version);

    /** How many changes were seen applied. */
    long seen();

    /** How many changes are expected and not yet seen. */
    int pending();

    @Override
    void close();
}
