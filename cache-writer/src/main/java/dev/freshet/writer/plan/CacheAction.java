package dev.freshet.writer.plan;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.KeyScan;
import dev.freshet.redis.KeyCommand;
import java.util.Map;
import java.util.Optional;

/** What one row change does to one key, or to a set of keys. Immutable. */
public sealed interface CacheAction {

    CacheMapping mapping();

    /** The same, but that nothing is stored or comes back: the entry goes. */
    default CacheAction withoutStoring() {
        return this;
    }

    /** The entry goes. */
    record Remove(CacheMapping mapping, String key, Optional<String> field) implements CacheAction {}

    /** The entry becomes this value, where nothing newer stands there. */
    record Put(CacheMapping mapping, String key, Optional<String> field, KeyCommand.Value value)
            implements CacheAction {
        @Override
        public CacheAction withoutStoring() {
            return new Remove(mapping, key, field);
        }
    }

    /**
     * The entry goes, and comes back as what the mapping's query returns.
     *
     * @param parameters by column
     */
    record Rebuild(CacheMapping mapping, String key, Optional<String> field, Map<String, Parameter> parameters)
            implements CacheAction {
        public Rebuild {
            parameters = Map.copyOf(parameters);
        }

        @Override
        public CacheAction withoutStoring() {
            return new Remove(mapping, key, field);
        }

        @Override
        public String toString() {
            return "Rebuild[" + mapping.name() + ", " + key + "]"; // a value never reaches a log
        }
    }

    /**
     * A value that a query compares with.
     *
     * @param text as the column prints it; empty for null
     * @param sqlType the column's type as SQL writes it
     */
    record Parameter(Optional<String> text, String sqlType) {
        @Override
        public String toString() {
            return "Parameter[" + sqlType + "]"; // a value never reaches a log
        }
    }

    /** Every entry that readers filed under the tag goes. */
    record RemoveTagged(CacheMapping mapping, String tag) implements CacheAction {}

    /** Every entry that the scans mean goes. */
    record Sweep(CacheMapping mapping, KeyScan keys, Optional<KeyScan> field) implements CacheAction {}
}
