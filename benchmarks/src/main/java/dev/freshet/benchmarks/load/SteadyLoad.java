package dev.freshet.benchmarks.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Transactions that are due at a steady pace, whether or not the ones before them have ended in time, over several
 * connections in turn. Each changes rows that no other changes.
 */
public final class SteadyLoad {

    private final Source source;
    private final Supplier<AfterCommit> after;
    private final int perTransaction;
    private final int connections;

    /**
     * @param after what each connection's thread does after each commit
     * @param perTransaction rows of one transaction
     */
    public SteadyLoad(Source source, Supplier<AfterCommit> after, int perTransaction, int connections) {
        this.source = source;
        this.after = after;
        this.perTransaction = perTransaction;
        this.connections = connections;
    }

    /** Plays {@code changes} row changes from row {@code from} on, at {@code rate} row changes a second. */
    public Played play(int rate, int from, int changes) throws InterruptedException {
        int transactions = changes / perTransaction;
        Played played = new Played(from, perTransaction, transactions);
        long interval = 1_000_000_000L * perTransaction / rate;
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            // The connections are made before the first transaction is due.
            long begin = System.nanoTime() + 300_000_000L;
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int part = i;
                parts.add(threads.submit(() -> {
                    play(played, part, begin, interval);
                    return part;
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
            played.ended(begin, System.nanoTime());
            return played;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the load failed: " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private void play(Played played, int part, long begin, long interval) throws SQLException {
        try (Connection connection = source.connect();
                AfterCommit application = after.get();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE " + Source.TABLE + " SET n = n + 1 WHERE id BETWEEN ? AND ?")) {
            for (int i = part; i < played.transactions(); i += connections) {
                int row = played.firstRow(i);
                update.setInt(1, row);
                update.setInt(2, row + perTransaction - 1);
                awaitDue(begin + i * interval);
                long sent = System.nanoTime();
                update.executeUpdate();
                played.committed(i, sent, System.nanoTime());
                application.committed(row);
            }
        }
    }

    private static void awaitDue(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
