package dev.freshet.redis;

import dev.freshet.model.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The cache as somebody fills it who loads a value from the source: lease, snapshot, load, fill, in that order (rules 7
 * to 10). Thread-safe; stages fail with {@link CacheUnavailableException}.
 */
public interface FillStore {

    /**
     * Asks for the right to load and fill a key.
     *
     * @param life of the lease; at most half the fence window
     * @return the lease's token; empty where a value or another's lease stands
     */
    CompletionStage<Optional<String>> lease(String key, Duration life);

    /**
     * Stores the value if the lease still stands and the snapshot has seen what the fences ask for; otherwise gives the
     * lease back.
     *
     * @param snapshot of the primary, taken after the lease was granted and before the value was loaded
     * @param patterns globs of the pattern fences that the key falls under
     * @return whether the value was stored
     */
    CompletionStage<Boolean> fill(
            String key,
            String token,
            Snapshot snapshot,
            KeyCommand.Value value,
            Optional<Duration> ttl,
            List<String> patterns);

    /** Gives a lease back without filling, if it still stands. */
    CompletionStage<Void> release(String key, String token);
}
