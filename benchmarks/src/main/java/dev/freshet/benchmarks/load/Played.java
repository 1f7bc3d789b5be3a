package dev.freshet.benchmarks.load;

import java.util.Arrays;

/** What a steady load did, and when. Each transaction's times are written by one thread, and read when all have ended. */
public final class Played {

    private final int from;
    private final int perTransaction;
    private final long[] committed;
    private final long[] took;
    private double seconds;

    Played(int from, int perTransaction, int transactions) {
        this.from = from;
        this.perTransaction = perTransaction;
        this.committed = new long[transactions];
        this.took = new long[transactions];
    }

    int transactions() {
        return committed.length;
    }

    int firstRow(int transaction) {
        return from + transaction * perTransaction;
    }

    void committed(int transaction, long sent, long at) {
        committed[transaction] = at;
        took[transaction] = at - sent;
    }

    void ended(long begin, long end) {
        seconds = (end - begin) / 1e9;
    }

    /** How many rows were changed. */
    public int changes() {
        return committed.length * perTransaction;
    }

    /** Row changes a second that the source took. */
    public double rate() {
        return changes() / seconds;
    }

    /** How long the source took for each transaction, in milliseconds, ascending. */
    public Sample commits() {
        return Sample.ofNanos(took);
    }

    /**
     * The time from each commit's return until the effect on each of its rows was heard of, not below 0.
     *
     * @param part of the run, counted from its end: 1 is all of it
     * @param never what counts where the effect was not heard of, in nanoseconds
     */
    public Sample effects(Watcher watcher, double part, long never) {
        int skipped = (int) (committed.length * (1 - part));
        long[] times = new long[(committed.length - skipped) * perTransaction];
        Arrays.setAll(times, i -> {
            int transaction = skipped + i / perTransaction;
            long heard = watcher.heardAt(firstRow(transaction) + i % perTransaction);
            return heard == 0 ? never : Math.max(0, heard - committed[transaction]);
        });
        return Sample.ofNanos(times);
    }
}
