package dev.freshet.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of {@code caches:}: which keys depend on a table's rows and what a change does to them. Immutable.
 *
 * @param name the entry's name in the file
 * @param columns a change counts only when one of these changed; empty: every change counts
 * @param when an expression over {@code row}; a change counts when it is true, unknown or an error on either image
 * @param ttl of what a refresh stores
 * @param safeFills whether changes leave fences, leases and positions behind, so that cache-client may fill
 * @param redeleteAfter a second delete, for applications that fill with plain SET
 */
public record CacheMapping(
        String name,
        TableId table,
        Target target,
        OnChange onChange,
        Set<String> columns,
        Optional<String> when,
        Optional<Duration> ttl,
        boolean safeFills,
        Optional<Duration> redeleteAfter) {

    public CacheMapping {
        columns = Set.copyOf(columns);
    }

    /** Which keys. */
    public sealed interface Target {

        /** One key a row, rendered from its images. */
        record Key(KeyTemplate key) implements Target {}

        /** One field of a hash a row. */
        record Field(KeyTemplate key, KeyTemplate field) implements Target {}

        /** Every key that matches the glob. */
        record Match(String glob) implements Target {}

        /** Every key that readers filed under the tag. {@code members}: the glob that such keys match. */
        record Tag(KeyTemplate tag, String members) implements Target {}
    }

    /** What a change does to a key. */
    public sealed interface OnChange {

        record Delete() implements OnChange {}

        /** The writer stores the row's columns as one JSON object, or as a hash of their texts. */
        record RefreshRow(ValueFormat format, List<String> columns) implements OnChange {
            public RefreshRow {
                columns = List.copyOf(columns);
            }
        }

        /** The writer stores what the query returns; {@code :column} stands for a column of the row. */
        record RefreshQuery(String sql, ValueFormat format) implements OnChange {}

        OnChange DELETE = new Delete();
    }

    /** How a refreshed value is stored. */
    public enum ValueFormat {
        JSON,
        HASH
    }
}
