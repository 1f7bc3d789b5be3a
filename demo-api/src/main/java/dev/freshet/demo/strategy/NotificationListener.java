package dev.freshet.demo.strategy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what PostgreSQL notifies, on a thread and a connection of its own. What was notified while nobody listened, or
 * could not be deleted, is lost: it is made good by emptying the cache. Thread-safe.
 */
final class NotificationListener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NotificationListener.class);

    private static final String CHANNEL = "page_changed";
    private static final String EVERYTHING = "*";
    private static final int WAIT_MILLIS = 200;
    private static final long PAUSE_NANOS = 50_000_000;

    private final Database database;
    private final CacheAside cache;
    private final Thread thread = new Thread(this::run, "arena-notifications");
    private volatile boolean listening = true;
    private volatile boolean closed;
    private volatile boolean connected;

    private NotificationListener(Database database, CacheAside cache) {
        this.database = database;
        this.cache = cache;
        thread.setDaemon(true);
    }

    static NotificationListener start(Database database, CacheAside cache) {
        NotificationListener listener = new NotificationListener(database, cache);
        listener.thread.start();
        return listener;
    }

    /** Returns when it does so, or after a second or two. */
    void listen(boolean on) {
        listening = on;
        long end = System.nanoTime() + 2_000_000_000L;
        while (connected != on && System.nanoTime() < end) {
            LockSupport.parkNanos(PAUSE_NANOS / 10);
        }
    }

    private void run() {
        while (!closed) {
            if (listening) {
                hear();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void hear() {
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute("listen " + CHANNEL);
            boolean emptied = cache.clear();
            connected = true;
            PGConnection notifications = connection.unwrap(PGConnection.class);
            while (listening && !closed) {
                PGNotification[] heard = notifications.getNotifications(WAIT_MILLIS);
                for (PGNotification notification : heard) {
                    emptied &= delete(notification.getParameter());
                }
                if (!emptied) {
                    emptied = cache.clear();
                }
            }
        } catch (SQLException e) {
            log.debug("notifications are not heard", e);
        } finally {
            connected = false;
        }
    }

    private boolean delete(String what) {
        return what.equals(EVERYTHING) ? cache.clear() : cache.delete(Long.parseLong(what));
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
