package dev.freshet.writer.place;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the reading of one partition goes on, judged by what is remembered of it. The writer moves the place in Redis first
 * and commits to Kafka then; so a place in Redis that lies before Kafka's is one that Redis has fallen back to.
 *
 * @param from where reading starts
 * @param appliedBefore every record before this offset was applied once, to a Redis that has forgotten it: it is applied
 *     again, and only removes; empty where nothing was forgotten
 * @param gap why changes are missing on Kafka; empty where none are
 */
record Resumption(From from, OptionalLong appliedBefore, Optional<String> gap) {

    /** Where reading starts. */
    sealed interface From {

        record Offset(long offset) implements From {}

        /** The oldest record there is. */
        record LogStart() implements From {}

        /** Nothing is remembered in Redis: records of the time that is replayed then, none after {@code applied}. */
        record Replay(long applied) implements From {}
    }

    private static final From LOG_START = new From.LogStart();

    /**
     * @param reached Kafka's committed offset; of a writer that is running, how far it has read
     * @param remembered in Redis
     * @param topicId of the topic as it is now
     * @param logStart the oldest offset that Kafka holds
     */
    static Resumption judge(OptionalLong reached, Optional<Place> remembered, String topicId, long logStart) {
        if (remembered.isPresent() && !remembered.get().topicId().equals(topicId)) {
            return missing("the topic was made anew");
        }
        if (remembered.isEmpty() && reached.isPresent()) {
            return new Resumption(new From.Replay(reached.getAsLong()), reached, Optional.empty());
        }
        if (remembered.isEmpty()) {
            return logStart == 0
                    ? new Resumption(LOG_START, OptionalLong.empty(), Optional.empty())
                    : missing("nothing is known of how far it was read, and its first records are gone");
        }
        long applied = remembered.get().offset();
        long start = reached.isPresent() ? Math.min(applied, reached.getAsLong()) : applied;
        if (start < logStart) {
            return missing("offset " + start + " comes next, and Kafka holds none before " + logStart);
        }
        OptionalLong again = reached.isPresent() && applied < reached.getAsLong() ? reached : OptionalLong.empty();
        return new Resumption(new From.Offset(start), again, Optional.empty());
    }

    private static Resumption missing(String reason) {
        return new Resumption(LOG_START, OptionalLong.empty(), Optional.of(reason));
    }
}
