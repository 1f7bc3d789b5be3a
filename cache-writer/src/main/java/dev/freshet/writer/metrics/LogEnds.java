package dev.freshet.writer.metrics;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;

/** Tells how far the partitions' logs reach. */
@FunctionalInterface
public interface LogEnds {

    /** By partition, the offset of the next record; fails where Kafka does not answer. Does not block. */
    CompletionStage<Map<TopicPartition, Long>> ends(Set<TopicPartition> partitions);
}
