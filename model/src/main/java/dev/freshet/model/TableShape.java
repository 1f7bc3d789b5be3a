package dev.freshet.model;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table as the catalogue describes it. Immutable.
 *
 * @param columns in the table's order
 * @param primaryKey the key's columns; empty where there is none
 * @param identity the columns that a before image holds, over all partitions: all of them with REPLICA IDENTITY FULL
 */
public record TableShape(TableId table, Map<String, Column> columns, List<String> primaryKey, Set<String> identity) {

    public TableShape {
        columns = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        primaryKey = List.copyOf(primaryKey);
        identity = Set.copyOf(identity);
    }

    /**
     * One column.
     *
     * @param type the base type: a domain's own base, {@code enum} for enums
     * @param sqlType the type as SQL writes it, with its modifier: {@code numeric(10,2)}
     * @param modifier {@code atttypmod}: precision and scale; -1 for none
     * @param generated the expression of a generated column, which the change stream leaves out, and what it reads
     */
    public record Column(
            String name,
            ColumnType type,
            String sqlType,
            int modifier,
            boolean notNull,
            Optional<Generated> generated) {}

    /**
     * How a generated column is computed.
     *
     * @param expression as {@code pg_get_expr} prints it
     * @param reads the columns that it names
     */
    public record Generated(String expression, Set<String> reads) {}

    /** Whether a before image tells this column: it is in the replica identity, or computed from columns that are. */
    public boolean toldBefore(String column) {
        Column described = columns.get(column);
        if (described != null && described.generated().isPresent()) {
            return identity.containsAll(described.generated().get().reads());
        }
        return identity.contains(column);
    }

    /**
     * The column of this name.
     *
     * @throws IllegalArgumentException where there is none
     */
    public Column column(String name) {
        Column column = columns.get(name);
        if (column == null) {
            throw new IllegalArgumentException(table + " has no column " + name);
        }
        return column;
    }

    /** The printed form of a column, anything where the column is not known. */
    public String form(String column) {
        Column described = columns.get(column);
        return described == null ? ".*" : described.type().form();
    }

    public boolean has(Collection<String> names) {
        return columns.keySet().containsAll(names);
    }
}
