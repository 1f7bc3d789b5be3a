package dev.freshet.client;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Runs the steps of one blocking call on the thread that called, where a loader finds its caller's transaction and
 * context. Used once.
 */
final class CallerThread implements Executor {

    private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();

    @Override
    public void execute(Runnable step) {
        steps.add(step);
    }

    /**
     * Runs steps until the answer is there. An interrupt does not end it: every wait in the steps is bounded, and a loader
     * sees the interrupt.
     *
     * @throws CompletionException around what the answer failed with
     */
    <T> T await(CompletableFuture<T> answer) {
        var unused = answer.whenComplete((value, failure) -> steps.add(() -> {}));
        boolean interrupted = false;
        while (!answer.isDone()) {
            try {
                Runnable step = steps.take();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                step.run();
                interrupted = Thread.interrupted() || interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer.join();
    }
}
