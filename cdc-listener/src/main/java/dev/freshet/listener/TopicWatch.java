package dev.freshet.listener;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when a topic that a run publishes to was deleted, or deleted and made again. Such a run has to end: the end
 * offsets it counted are those of a log that is gone, so no watermark would ever be reached; and its idempotent producer
 * may wait until its delivery timeout, since a record that the new log took after a later one of the same partition is
 * refused as out of sequence and sent again (kafka-clients 4.3.1, {@code TransactionManager.canRetry}).
 *
 * <p>Thread-safe.
 */
final class TopicWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);

    private final Admin admin;
    private final Map<String, Uuid> ids;
    private final AtomicBoolean asking = new AtomicBoolean();

    /**
     * @param admin closed with the watch
     * @param ids each topic's, as the run found it
     */
    TopicWatch(Admin admin, Map<String, Uuid> ids) {
        this.admin = admin;
        this.ids = Map.copyOf(ids);
    }

    /**
     * Asks Kafka, without waiting for the answer; while one is waited for, does nothing.
     *
     * @param broken told of the topic that is not what it was, on a thread of Kafka's
     */
    void look(Consumer<Exception> broken) {
        if (!asking.compareAndSet(false, true)) {
            return;
        }
        var unused = admin.describeTopics(ids.keySet()).allTopicNames().whenComplete((found, failure) -> {
            asking.set(false);
            if (failure == null) {
                compare(found, broken);
            } else if (isGone(failure)) {
                broken.accept(new ListenerException("a topic that is published to was deleted", failure));
            } else {
                LOG.debug("The topics cannot be looked at", failure);
            }
        });
    }

    private void compare(Map<String, TopicDescription> found, Consumer<Exception> broken) {
        Map<String, TopicDescription> anew = new TreeMap<>(found);
        anew.values().removeIf(topic -> topic.topicId().equals(ids.get(topic.name())));
        if (!anew.isEmpty()) {
            broken.accept(new ListenerException("topics that are published to were made anew: " + anew.keySet()));
        }
    }

    private static boolean isGone(Throwable failure) {
        return failure instanceof UnknownTopicOrPartitionException
                || failure.getCause() instanceof UnknownTopicOrPartitionException;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
