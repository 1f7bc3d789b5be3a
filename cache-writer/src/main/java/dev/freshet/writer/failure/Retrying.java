package dev.freshet.writer.failure;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries a step again for as long as what it needs is away. Confined to one thread. */
public final class Retrying {

    private static final Logger LOG = LoggerFactory.getLogger(Retrying.class);

    private final CountDownLatch stopping;
    private final Observer observer;
    private final Backoff backoff = new Backoff(RandomGenerator.getDefault());

    /** Hears of waits. */
    public interface Observer {

        /** An attempt failed with this; it is tried again. */
        void waits(Throwable unavailable);

        /** An attempt after that succeeded. */
        void goesOn();
    }

    /** @param stopping counted down to end a wait */
    public Retrying(CountDownLatch stopping, Observer observer) {
        this.stopping = stopping;
        this.observer = observer;
    }

    /**
     * Tries until it works, or fails with what is not to be retried.
     *
     * @param betweenTries what must go on meanwhile
     * @throws WakeupException where a stop was asked for during a wait
     */
    public <T> T untilAvailable(Supplier<T> step, Runnable betweenTries) {
        boolean tried = false;
        while (true) {
            try {
                if (tried) {
                    betweenTries.run();
                }
                T result = step.get();
                backoff.reset();
                if (tried) {
                    observer.goesOn();
                }
                return result;
            } catch (RuntimeException e) {
                if (Reaction.to(e, Reaction.At.ELSEWHERE) != Reaction.RETRY) {
                    throw e;
                }
                observer.waits(Reaction.cause(e));
                await(Reaction.cause(e));
                tried = true;
            }
        }
    }

    private void await(Throwable unavailable) {
        Duration wait = backoff.next();
        LOG.warn("Trying again in {} ms: {}", wait.toMillis(), unavailable.getMessage());
        try {
            if (stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new WakeupException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WakeupException();
        }
    }
}
