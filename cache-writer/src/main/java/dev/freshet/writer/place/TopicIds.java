package dev.freshet.writer.place;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Tells a topic from one that was made anew under its name. Thread-safe. */
@FunctionalInterface
public interface TopicIds extends AutoCloseable {

    /**
     * The topics' ids as they are now, by name, those that exist; fails with a
     * {@link org.apache.kafka.common.KafkaException}.
     */
    CompletionStage<Map<String, String>> of(Collection<String> topics);

    @Override
    default void close() {}
}
