package dev.freshet.benchmarks.peer;

import dev.freshet.benchmarks.resp.RespConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes keys from Redis, many in a command, and waits for no reply. Written to by one thread; another reads the replies.
 */
final class Unlinks implements AutoCloseable {

    private static final int AT_ONCE = 512;
    private static final byte[] UNLINK = "UNLINK".getBytes(StandardCharsets.US_ASCII);

    private final RespConnection redis;
    private final List<byte[]> keys = new ArrayList<>(AT_ONCE);
    private long sent;
    private volatile long answered;

    Unlinks(RespConnection redis) {
        this.redis = redis;
        Thread reading = new Thread(this::readReplies, "replies");
        reading.setDaemon(true);
        reading.start();
    }

    private void readReplies() {
        for (long read = 1; ; read++) {
            redis.read();
            answered = read;
        }
    }

    void add(byte[] key) {
        keys.add(key);
        if (keys.size() == AT_ONCE) {
            send();
        }
    }

    /** Sends what was added. */
    void flush() {
        if (!keys.isEmpty()) {
            send();
        }
        redis.flush();
    }

    private void send() {
        redis.begin(1 + keys.size());
        redis.word(UNLINK);
        keys.forEach(redis::word);
        keys.clear();
        sent++;
    }

    /** How many commands were sent. */
    long sent() {
        return sent;
    }

    /** How many of them Redis has replied to. */
    long answered() {
        return answered;
    }

    @Override
    public void close() {
        redis.close();
    }
}
