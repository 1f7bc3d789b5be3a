package dev.freshet.model;

/** A table's schema and name as PostgreSQL stores them: no case folding, no quotes. */
public record TableId(String schema, String name) implements Comparable<TableId> {

    public TableId {
        if (schema.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException("a table is written schema.table, both as stored");
        }
    }

    /**
     * Reads {@code schema.table}, split at its first dot, so that a table's own name may hold dots.
     *
     * @throws IllegalArgumentException where the dot or a part is missing
     */
    public static TableId parse(String text) {
        int dot = text.indexOf('.');
        if (dot <= 0 || dot == text.length() - 1) {
            throw new IllegalArgumentException("'" + text + "' is not schema.table");
        }
        return new TableId(text.substring(0, dot), text.substring(dot + 1));
    }

    /** The table as SQL writes it, each part quoted. */
    public String quoted() {
        return SqlIdentifier.quote(schema) + "." + SqlIdentifier.quote(name);
    }

    @Override
    public int compareTo(TableId other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
