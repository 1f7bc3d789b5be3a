package dev.freshet.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** Bounds how many loads of this process run at a time; the others wait in order. Thread-safe. */
final class LoadLimiter {

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int free;

    private record Waiting(Executor executor, Runnable load) {}

    LoadLimiter(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("at least one load must be able to run: " + most);
        }
        this.free = most;
    }

    /** Runs the load once there is room; it must call {@link #done} when it has ended, on whatever thread. */
    void run(Executor executor, Runnable load) {
        synchronized (this) {
            if (free == 0) {
                waiting.add(new Waiting(executor, load));
                return;
            }
            free--;
        }
        start(new Waiting(executor, load));
    }

    private void start(Waiting load) {
        try {
            load.executor().execute(load.load());
        } catch (RuntimeException rejected) {
            done();
            throw rejected;
        }
    }

    /** A load has ended: the next may run. */
    void done() {
        Waiting next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                free++;
                return;
            }
        }
        start(next);
    }

    synchronized int queued() {
        return waiting.size();
    }
}
