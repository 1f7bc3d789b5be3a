package dev.freshet.client;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Runs the steps of one blocking call on the thread that called, where a loader finds its caller's transaction and
 * context. What comes when the caller has its answer and is gone, such as a snapshot that others wait for, runs elsewhere.
 * Used once.
 */
final class CallerThread implements Executor {

    private final Executor elsewhere;
    private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
    private boolean gone;

    /** @param elsewhere where steps run that nobody waits for here */
    CallerThread(Executor elsewhere) {
        this.elsewhere = elsewhere;
    }

    @Override
    public void execute(Runnable step) {
        synchronized (this) {
            if (!gone) {
                steps.add(step);
                return;
            }
        }
        elsewhere.execute(step);
    }

    private void leave() {
        synchronized (this) {
            gone = true;
        }
        for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
            elsewhere.execute(step);
        }
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
        leave();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer.join();
    }
}
