package dev.freshet.writer.place;

import java.util.Optional;

/**
 * How far a partition is applied, as it stands in Redis. Immutable.
 *
 * @param topicId Kafka's own id of the topic: a topic that is made anew under its name has another
 * @param offset of the first record that is not known to be applied
 */
record Place(String topicId, long offset) {

    /** Empty for a text that is none. */
    static Optional<Place> parse(String text) {
        int end = text.lastIndexOf(':');
        try {
            return end < 0
                    ? Optional.empty()
                    : Optional.of(new Place(text.substring(0, end), Long.parseLong(text.substring(end + 1))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return topicId + ":" + offset;
    }
}
