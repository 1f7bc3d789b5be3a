package dev.freshet.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** The thread on which an application's client connects, since its call for that blocks. Thread-safe. */
final class ConnectThread implements AutoCloseable {

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "freshet-redis-connect");
        thread.setDaemon(true);
        return thread;
    });

    <C> CompletionStage<C> connect(Supplier<C> blocking) {
        return CompletableFuture.supplyAsync(blocking, thread);
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
