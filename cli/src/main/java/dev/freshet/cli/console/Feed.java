package dev.freshet.cli.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest message of each kind. Who reads slowly misses those in between, and holds nobody up. Thread-safe.
 */
final class Feed {

    /**
     * @param number rises from message to message
     * @param data one line
     */
    record Message(long number, String kind, String data) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Map<String, Message> newest = new HashMap<>();
    private long last;
    private boolean closed;

    void publish(String kind, String data) {
        lock.lock();
        try {
            newest.put(kind, new Message(++last, kind, data));
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Those after the number, in order; waits for one, until the feed is closed or the limit has passed: then none. */
    List<Message> after(long number, long limitMillis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(limitMillis);
        lock.lockInterruptibly();
        try {
            while (last <= number && !closed && left > 0) {
                left = news.awaitNanos(left);
            }
            List<Message> messages = new ArrayList<>(newest.values());
            messages.removeIf(message -> closed || message.number() <= number);
            messages.sort(Comparator.comparingLong(Message::number));
            return messages;
        } finally {
            lock.unlock();
        }
    }

    boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits any more. Idempotent. */
    void close() {
        lock.lock();
        try {
            closed = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
