package dev.freshet.benchmarks.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Single-row transactions as fast as the source takes them, over several connections. */
public final class Writes {

    private static final int CONNECTIONS = 8;

    private final Source source;
    private final Supplier<AfterCommit> after;

    public Writes(Source source, Supplier<AfterCommit> after) {
        this.source = source;
        this.after = after;
    }

    /** Commits a second. */
    public double play(Duration length) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            long begin = System.nanoTime() + 300_000_000L;
            List<Future<Long>> parts = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int part = i;
                parts.add(threads.submit(() -> play(part, begin, begin + length.toNanos())));
            }
            long commits = 0;
            for (Future<Long> part : parts) {
                commits += part.get();
            }
            return commits / (length.toNanos() / 1e9);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the load failed: " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private long play(int part, long begin, long end) throws SQLException {
        long commits = 0;
        try (Connection connection = source.connect();
                AfterCommit application = after.get();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE " + Source.TABLE + " SET n = n + 1 WHERE id = ?")) {
            for (int row = part; System.nanoTime() < end; row = (row + CONNECTIONS) % source.rows()) {
                update.setInt(1, row);
                update.executeUpdate();
                application.committed(row);
                if (System.nanoTime() >= begin) {
                    commits++;
                }
            }
        }
        return commits;
    }
}
