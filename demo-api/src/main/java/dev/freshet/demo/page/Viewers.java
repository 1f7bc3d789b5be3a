package dev.freshet.demo.page;

import dev.freshet.demo.api.Problem;
import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** The pages that are open, each told by a thread of its own: a slow one holds up nobody. Thread-safe. */
final class Viewers implements AutoCloseable {

    private static final int MOST = 16;
    private static final long PATIENCE_MILLIS = 2_000;

    private final Feed feed;
    private final Supplier<String> hello;
    private final Semaphore room = new Semaphore(MOST);
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "arena-viewer");
        thread.setDaemon(true);
        return thread;
    });

    /** @param hello what each page is told first */
    Viewers(Feed feed, Supplier<String> hello) {
        this.feed = feed;
        this.hello = hello;
    }

    /** Whether any page is open. */
    boolean any() {
        return room.availablePermits() < MOST;
    }

    void serve(Context context) {
        if (!room.tryAcquire()) {
            throw Problem.of(503, "Unavailable", MOST + " pages are open already; close one.")
                    .refused();
        }
        context.contentType("text/event-stream; charset=utf-8").header("Cache-Control", "no-store");
        context.async(
                task -> {
                    task.executor = threads;
                    task.timeout = 0;
                },
                () -> {
                    try {
                        tell(new SseClient(context));
                    } finally {
                        room.release();
                    }
                });
    }

    private void tell(SseClient page) throws InterruptedException {
        page.sendEvent("hello", hello.get());
        long told = 0;
        while (!page.terminated() && !feed.closed()) {
            List<Feed.Message> messages = feed.after(told, PATIENCE_MILLIS);
            if (messages.isEmpty()) {
                // Only writing tells that nobody reads any more.
                page.sendComment("still here");
            }
            for (Feed.Message message : messages) {
                page.sendEvent(message.kind(), message.data());
                told = message.number();
            }
        }
    }

    @Override
    public void close() {
        feed.close();
        threads.shutdownNow();
    }
}
