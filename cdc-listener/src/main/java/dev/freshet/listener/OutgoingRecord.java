package dev.freshet.listener;

import org.jspecify.annotations.Nullable;

/**
 * One record on its way to a topic. The arrays are not copied; nobody may change them.
 *
 * @param key records with the same key stay in order; those without one stay in order among themselves
 * @param value null is Kafka's tombstone
 * @param epoch the epoch of the change's position, sent as the header {@link ChangePublisher#EPOCH_HEADER}
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy per record would cost
public record OutgoingRecord(String topic, byte @Nullable [] key, byte @Nullable [] value, long epoch) {

    int size() {
        return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }
}
