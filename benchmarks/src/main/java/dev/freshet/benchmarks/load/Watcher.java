package dev.freshet.benchmarks.load;

import dev.freshet.benchmarks.resp.RespConnection;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Hears from Redis itself which keys were removed or written (client tracking in broadcasting mode), and notes when it
 * first heard of each row. Redis tells at the end of the event loop's turn in which the key changed, in one message for
 * all of them. Thread-safe.
 */
public final class Watcher implements AutoCloseable {

    private static final long LOOK = Duration.ofMillis(1).toNanos();

    private final RespConnection connection;
    private final String prefix;
    private final AtomicLongArray heard;
    private final Thread listening;
    private final AtomicInteger count = new AtomicInteger();
    private volatile long first;
    private volatile long last;

    private Watcher(RespConnection connection, String prefix, int rows) {
        this.connection = connection;
        this.prefix = prefix;
        this.heard = new AtomicLongArray(rows);
        this.listening = new Thread(this::listen, "watcher");
        this.listening.setDaemon(true);
    }

    /**
     * Hears of every change from now on to keys that are the prefix and a row's number.
     *
     * @param rows one more than the highest row's number
     */
    public static Watcher of(RespConnection connection, String prefix, int rows) {
        connection.ask("HELLO", "3");
        if (prefix.isEmpty()) {
            connection.ask("CLIENT", "TRACKING", "ON", "BCAST");
        } else {
            connection.ask("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", prefix);
        }
        Watcher watcher = new Watcher(connection, prefix, rows);
        watcher.listening.start();
        return watcher;
    }

    private void listen() {
        try {
            while (true) {
                if (connection.read() instanceof List<?> push
                        && push.size() == 2
                        && push.get(1) instanceof List<?> keys) {
                    hear(keys, System.nanoTime());
                }
            }
        } catch (UncheckedIOException e) {
            // Closed.
        }
    }

    private void hear(List<?> keys, long now) {
        int fresh = 0;
        for (Object key : keys) {
            int row = row(String.valueOf(key));
            if (row >= 0 && row < heard.length() && heard.get(row) == 0) {
                heard.set(row, now);
                fresh++;
            }
        }
        if (fresh > 0) {
            if (count.get() == 0) {
                first = now;
            }
            last = now;
            count.addAndGet(fresh);
        }
    }

    /** The number behind the prefix; -1 for any other key. */
    private int row(String key) {
        int row = 0;
        for (int i = prefix.length(); i < key.length(); i++) {
            char c = key.charAt(i);
            if (c < '0' || c > '9' || row > Integer.MAX_VALUE / 10 - 1) {
                return -1;
            }
            row = 10 * row + (c - '0');
        }
        return key.length() == prefix.length() ? -1 : row;
    }

    /** When it was heard that the row's key changed, by {@link System#nanoTime}; 0 where it was not. */
    public long heardAt(int row) {
        return heard.get(row);
    }

    /** How many rows were heard of. */
    public int count() {
        return count.get();
    }

    /** The time from the first row to the last that was heard of. */
    public Duration span() {
        return Duration.ofNanos(last - first);
    }

    /** Waits until so many rows were heard of; false where that takes longer. */
    public boolean await(int rows, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (count.get() < rows) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(LOOK);
        }
        return true;
    }

    @Override
    public void close() {
        connection.close();
    }
}
