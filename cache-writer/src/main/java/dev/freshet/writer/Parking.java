package dev.freshet.writer;

import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.writer.apply.ChangeApplier;
import dev.freshet.writer.deadletter.DeadLetters;
import dev.freshet.writer.deadletter.Why;
import dev.freshet.writer.decode.RecordDecoder;
import dev.freshet.writer.metrics.WriterMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parks the records of one poll that could not be applied: each goes to the dead letters, and what it may have changed is
 * removed. Confined to the writer's thread.
 */
final class Parking {

    private static final Logger LOG = LoggerFactory.getLogger(Parking.class);

    /** @param again whether it was parked once, before Redis forgot what came of it */
    private record Parked(ConsumerRecord<byte[], byte[]> record, Why why, boolean again) {}

    private final Topics topics;
    private final Map<String, Set<TableId>> tables;
    private final DeadLetters deadLetters;
    private final WriterMetrics metrics;
    private final List<Parked> parked = new ArrayList<>();

    /** @param tables by topic; a topic's name may stand for several, since Kafka refuses some characters */
    Parking(Topics topics, Map<String, Set<TableId>> tables, DeadLetters deadLetters, WriterMetrics metrics) {
        this.metrics = metrics;
        this.topics = topics;
        this.tables = tables;
        this.deadLetters = deadLetters;
    }

    void add(ConsumerRecord<byte[], byte[]> record, RuntimeException failure, boolean again) {
        parked.add(new Parked(record, Why.of(failure, tables.getOrDefault(record.topic(), Set.of())), again));
    }

    /** Whether one of them is no table's: it may have said that changes were missed. */
    boolean mayHideAGap() {
        return parked.stream().anyMatch(one -> one.why().tables().isEmpty());
    }

    /**
     * Adds to the poll's work what the records may have changed, and sends them off.
     *
     * @return completes once Kafka holds them all; never fails
     */
    CompletableFuture<Void> start(ChangeApplier.Work work) {
        if (parked.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        Parked first = parked.get(0);
        LOG.warn(
                "{} of the records just read cannot be applied; what they may have changed is removed, and they go to"
                        + " {}. The first, at {}, partition {}, offset {}: {}",
                parked.size(),
                topics.deadLetters(),
                first.record().topic(),
                first.record().partition(),
                first.record().offset(),
                first.why());
        parked.forEach(one -> work.addUnknown(
                one.why().tables(),
                RecordDecoder.transaction(one.record().value()),
                EpochHeader.readIfAny(one.record().headers())));
        return CompletableFuture.allOf(parked.stream()
                .filter(one -> !one.again())
                .map(one -> {
                    metrics.deadLetter(one.record().topic());
                    return deadLetters.park(one.record(), one.why());
                })
                .toArray(CompletableFuture[]::new));
    }
}
