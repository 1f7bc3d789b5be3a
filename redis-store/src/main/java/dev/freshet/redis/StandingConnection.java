package dev.freshet.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that stands: opened in the background, and another opened after it was lost. A lost one is never used
 * again, also where the client would connect it again by itself. Thread-safe.
 */
final class StandingConnection<C extends StatefulConnection<?, ?>> implements AutoCloseable {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(StandingConnection.class);

    private final Callable<C> open;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Optional<C> current = Optional.empty();

    StandingConnection(String name, Callable<C> open) {
        this.open = open;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    Optional<C> current() {
        return current;
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (closing.getCount() > 0) {
            CountDownLatch lost = new CountDownLatch(1);
            try {
                C opened = open.call();
                opened.addListener(new RedisConnectionStateListener() {
                    @Override
                    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                        current = Optional.empty();
                        lost.countDown();
                    }
                });
                if (opened.isOpen()) {
                    current = Optional.of(opened);
                    pause = FIRST_PAUSE;
                    while (opened.isOpen() && closing.getCount() > 0 && lost.getCount() > 0) {
                        lost.await(1, TimeUnit.SECONDS);
                    }
                }
                current = Optional.empty();
                var unused = opened.closeAsync();
            } catch (InterruptedException e) {
                break;
            } catch (Exception e) {
                LOG.debug("No connection to Redis: {}", e.getMessage());
            }
            try {
                long nanos = (long)
                        (pause.toNanos() * (0.5 + ThreadLocalRandom.current().nextDouble() / 2));
                closing.await(nanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                break;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
        Optional<C> last = current;
        current = Optional.empty();
        if (last.isPresent()) {
            var unused = last.get().closeAsync();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(2).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RedisException e) {
            LOG.debug("Closing a connection failed", e);
        }
    }
}
