package dev.freshet.listener;

import dev.freshet.model.ControlRecord;
import dev.freshet.model.Lsn;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of a gap that was found before a run. Immutable. */
final class Announcement {

    private static final Logger LOG = LoggerFactory.getLogger(Announcement.class);

    private final CaptureSettings settings;
    private final ChangePublisher publisher;

    Announcement(CaptureSettings settings, ChangePublisher publisher) {
        this.settings = settings;
        this.publisher = publisher;
    }

    /**
     * Stores the gap, then the position that lies behind it: after a crash between the two it is told again.
     *
     * @param written how far the source's log was written when the gap was found
     * @throws ListenerException where Kafka does not store them
     */
    void make(Continuity.Gap found, StoredPosition position, Lsn written) {
        LOG.warn("Changes may have been missed; caches must be flushed: {}", found.reason());
        ControlRecord.Gap gap =
                new ControlRecord.Gap(found.reason(), found.tables(), written, position.epoch(), Instant.now());
        send(new OutgoingRecord(settings.topics().control(), null, gap.toJson(), position.epoch()));
        byte[] key = settings.topics().pipeline().getBytes(StandardCharsets.UTF_8);
        send(new OutgoingRecord(settings.topics().offsets(), key, position.toJson(), position.epoch()));
    }

    private void send(OutgoingRecord record) {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        publisher.send(record, new ChangePublisher.Acknowledgement() {
            @Override
            public void stored(int partition, long offset) {
                stored.complete(null);
            }

            @Override
            public void refused(Exception cause) {
                stored.completeExceptionally(cause);
            }
        });
        try {
            stored.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ListenerException("Kafka did not store a record of " + record.topic(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ListenerException("interrupted", e);
        }
    }
}
