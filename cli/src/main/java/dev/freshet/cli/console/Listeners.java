package dev.freshet.cli.console;

import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The pages that are open, each told by a thread of its own: so a page that does not take what it is sent holds up neither
 * the others nor the server. Thread-safe.
 */
final class Listeners implements AutoCloseable {

    /** More than anybody opens; each costs a thread. */
    static final int MOST = 16;

    private static final long PATIENCE_MILLIS = 5_000;

    private final Feed feed;
    private final Supplier<String> hello;
    private final Semaphore room = new Semaphore(MOST);
    private final AtomicInteger open = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "freshet-console-page");
        thread.setDaemon(true);
        return thread;
    });

    /** @param hello what each page is told first */
    Listeners(Feed feed, Supplier<String> hello) {
        this.feed = feed;
        this.hello = hello;
    }

    /** Whether any page is open. */
    boolean any() {
        return open.get() > 0;
    }

    void serve(Context context) {
        if (!room.tryAcquire()) {
            Answers.problem(context, 503, MOST + " pages are open already; close one");
            return;
        }
        open.incrementAndGet();
        context.contentType("text/event-stream; charset=utf-8")
                .header("Cache-Control", "no-store")
                .header("X-Accel-Buffering", "no");
        context.async(
                task -> {
                    task.executor = threads;
                    task.timeout = 0;
                },
                () -> {
                    try {
                        tell(new SseClient(context));
                    } finally {
                        open.decrementAndGet();
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
