package dev.freshet.demo.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The newest message of each kind: who reads slowly misses those in between, and holds nobody up. Thread-safe. */
final class Feed {

    /**
     * @param number rises from message to message
     * @param data one line
     */
    record Message(long number, String kind, String data) {}

    private final Map<String, Message> newest = new HashMap<>();
    private long last;
    private boolean closed;

    synchronized void publish(String kind, String data) {
        Optional<Message> before = Optional.ofNullable(newest.get(kind));
        if (before.filter(message -> Objects.equals(message.data(), data)).isEmpty()) {
            newest.put(kind, new Message(++last, kind, data));
            notifyAll();
        }
    }

    /** Those after the number, in order; waits for one, but not for ever: then none. */
    synchronized List<Message> after(long number, long limitMillis) throws InterruptedException {
        long end = System.nanoTime() + limitMillis * 1_000_000;
        long left = limitMillis;
        while (last <= number && !closed && left > 0) {
            wait(left);
            left = (end - System.nanoTime()) / 1_000_000;
        }
        List<Message> messages = new ArrayList<>(newest.values());
        messages.removeIf(message -> message.number() <= number);
        messages.sort(Comparator.comparingLong(Message::number));
        return messages;
    }

    synchronized boolean closed() {
        return closed;
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
