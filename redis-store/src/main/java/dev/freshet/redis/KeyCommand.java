package dev.freshet.redis;

import dev.freshet.model.Position;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is to happen to one key, or to one field of a hash, because of one or several changes. Immutable. */
public sealed interface KeyCommand {

    String key();

    /** Empty: the key as a whole. */
    Optional<String> field();

    Fence fence();

    /**
     * Remove the entry: unlink (or HDEL), void the lease, add to the fence, in that order (rule 1).
     *
     * @param position left beside the entry where it is guarded, so that an older refresh does not store; empty where
     *     it is not known
     * @param guard whether a refresh mapping can reach this key: then its position is left, or that it is not known
     */
    record Invalidate(String key, Optional<String> field, Fence fence, Optional<Position> position, boolean guard)
            implements KeyCommand {}

    /**
     * Store the new value, unless something newer or unknown stands there: then remove the entry (rules 12 and 13). Where
     * a fill stands whose snapshot has seen every transaction of the fence, it is kept. Lease and fence are dealt with as
     * by an invalidation. Send it only for changes younger than the fence window, by the source's commit time: older
     * ones are to be invalidated, since what would tell their order may have ended. A key is refreshed as a whole or by
     * its fields, never both.
     *
     * @param ttl of the key; for a field, of the hash as a whole
     * @param position of the change whose after image this is
     * @param patterns globs of the pattern fences that this key matches: a truncate's position counts as the key's own
     */
    record Store(
            String key,
            Optional<String> field,
            Value value,
            Optional<Duration> ttl,
            Fence fence,
            Position position,
            List<String> patterns)
            implements KeyCommand {
        public Store {
            patterns = List.copyOf(patterns);
            if (field.isPresent() && value instanceof Value.Hash) {
                throw new IllegalArgumentException("one field of a hash holds text, not a hash");
            }
        }
    }

    /** What is stored. */
    sealed interface Value {
        record Text(String text) implements Value {
            @Override
            public String toString() {
                return "Text"; // a value never reaches a log
            }
        }

        /** A hash; replaces the key as a whole. */
        record Hash(Map<String, String> fields) implements Value {
            public Hash {
                fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
            }

            @Override
            public String toString() {
                return "Hash" + fields.keySet();
            }
        }
    }
}
