package dev.freshet.client;

import dev.freshet.redis.RedisTracking;
import java.util.List;
import java.util.Optional;

/** Answers from this process, as far as Redis tells it of changes. Thread-safe. */
final class NearReads {

    private final Optional<RedisTracking<NearCache>> tracking;
    private final FreshnessCheck check;
    private final Instruments instruments;

    NearReads(Optional<RedisTracking<NearCache>> tracking, FreshnessCheck check, Instruments instruments) {
        this.tracking = tracking;
        this.check = check;
        this.instruments = instruments;
    }

    /** Empty where there is no value, or none that is known to be as fresh as is demanded; never with a token. */
    <T> Optional<Answer<T>> read(String key, ValueType<T> type, Freshness demand) {
        Optional<RedisTracking.Session<NearCache>> session = tracking.flatMap(RedisTracking::session);
        if (session.isEmpty() || !session.get().live() || demand.notOlderThan().isPresent()) {
            return Optional.empty();
        }
        NearCache near = session.get().near();
        // Before the value is looked up: a push that comes in between may remove it.
        Optional<Watermarks.Known> known =
                demand.isDemanded() ? near.watermarks().remembered() : Optional.empty();
        Optional<Optional<T>> value = near.get(key, type);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (check.shortfall(demand, known).isPresent()) {
            instruments.nearRefused();
            return Optional.empty();
        }
        Outcome outcome = value.get().isPresent() ? Outcome.NEAR_HIT : Outcome.NEGATIVE;
        instruments.read(outcome);
        if (instruments.observed()) {
            instruments.start().lowCardinalityKeyValue("outcome", outcome.tag).stop();
        }
        return Optional.of(new Answer<>(value.get(), outcome, check.staleness(known)));
    }

    /** The application's own change: the push would come a moment later. */
    void invalidated(List<String> keys) {
        tracking.flatMap(RedisTracking::session).ifPresent(session -> keys.forEach(session.near()::invalidated));
    }

    /** The application's own change of what is filed under a tag. */
    void flushed() {
        tracking.flatMap(RedisTracking::session)
                .ifPresent(session -> session.near().flushed());
    }
}
