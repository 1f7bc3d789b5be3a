package dev.freshet.writer.deadletter;

import dev.freshet.writer.failure.Backoff;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores records that could not be applied in the dead-letter topic, on a thread of its own: Kafka may take its time to
 * refuse. What it refuses is tried again for as long as it takes. Thread-safe.
 */
public final class DeadLetters implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final int MOST_WAITING = 10_000;
    private static final long MOST_BYTES = 64L << 20;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /** Makes the dead-letter topic where it is missing. */
    @FunctionalInterface
    public interface TopicMaker {

        /** @throws org.apache.kafka.common.KafkaException where that is not possible, now or at all */
        void make();
    }

    private final String pipeline;
    private final String topic;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final TopicMaker maker;
    private final ScheduledExecutorService thread;
    private final InstantSource clock;
    private final Backoff backoff;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private Optional<Producer<byte[], byte[]>> producer = Optional.empty();
    private boolean closed;
    private boolean made;
    private volatile boolean refused;

    /** A letter on its way. */
    private record Letter(ProducerRecord<byte[], byte[]> record, int size, CompletableFuture<Void> stored) {}

    /**
     * Connects to nothing before there is something to do.
     *
     * @param producers makes the producer, which waits for all replicas, when it is first needed
     * @param thread does the work; stays the caller's to end
     */
    public DeadLetters(
            String pipeline,
            String topic,
            Supplier<Producer<byte[], byte[]>> producers,
            TopicMaker maker,
            ScheduledExecutorService thread,
            InstantSource clock,
            RandomGenerator random) {
        this.pipeline = pipeline;
        this.topic = topic;
        this.producers = producers;
        this.maker = maker;
        this.thread = thread;
        this.clock = clock;
        this.backoff = new Backoff(random);
    }

    /** Makes the topic ahead of the first dead letter, so that an operator learns in time where that is not possible. */
    public void prepare() {
        thread.execute(() -> {
            try {
                maker.make();
                made = true;
            } catch (KafkaException e) {
                LOG.warn(
                        "The topic {} cannot be made; without it a record that cannot be applied holds up its"
                                + " partition's offset: {}",
                        topic,
                        e.getMessage());
            }
        });
    }

    /** Parks a record. Completes once Kafka holds the dead letter; never fails. */
    public CompletableFuture<Void> park(ConsumerRecord<byte[], byte[]> record, Why why) {
        Letter letter = new Letter(
                DeadLetter.of(pipeline, topic, record, why, clock.instant()),
                Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize()),
                new CompletableFuture<>());
        waiting.incrementAndGet();
        bytes.addAndGet(letter.size());
        thread.execute(() -> send(letter));
        return letter.stored();
    }

    /** Whether so many wait for Kafka that nothing more should be read. */
    public boolean full() {
        return waiting.get() >= MOST_WAITING || bytes.get() >= MOST_BYTES;
    }

    /** How many wait for Kafka. */
    public int waiting() {
        return waiting.get();
    }

    /** Whether Kafka does not take them. */
    public boolean refused() {
        return refused;
    }

    private void send(Letter letter) {
        try {
            if (!made) {
                maker.make();
                made = true;
            }
            var unused = producer().send(letter.record(), (stored, refusal) -> {
                if (refusal == null) {
                    stored(letter);
                } else if (!thread.isShutdown()) {
                    thread.execute(() -> refused(letter, refusal));
                }
            });
        } catch (RuntimeException e) {
            refused(letter, e);
        }
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new KafkaException("closed");
        }
        Producer<byte[], byte[]> open = producer.orElseGet(producers);
        producer = Optional.of(open);
        return open;
    }

    private void stored(Letter letter) {
        waiting.decrementAndGet();
        bytes.addAndGet(-letter.size());
        letter.stored().complete(null);
        if (!thread.isShutdown()) {
            thread.execute(() -> {
                refused = false;
                backoff.reset();
            });
        }
    }

    private void refused(Letter letter, Exception refusal) {
        if (!refused) {
            LOG.warn(
                    "Kafka does not take dead letters in {}, so the offsets of what they are made of are not committed;"
                            + " trying again: {}{}",
                    topic,
                    refusal.getMessage(),
                    refusal instanceof RecordTooLargeException ? "; raise max.message.bytes of the topic" : "");
        }
        refused = true;
        made = false; // Somebody may have deleted it.
        if (!thread.isShutdown()) {
            Duration wait = backoff.next();
            var unused = thread.schedule(() -> send(letter), wait.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Gives up what waits, within five seconds; it was not acknowledged and comes again. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        producer.ifPresent(open -> open.close(CLOSE_LIMIT));
        producer = Optional.empty();
    }
}
