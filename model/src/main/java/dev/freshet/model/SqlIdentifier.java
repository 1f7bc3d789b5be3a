package dev.freshet.model;

/** Names and texts written into SQL that a person may run as printed. */
public final class SqlIdentifier {

    private SqlIdentifier() {}

    /** The name in double quotes, inner quotes doubled; always quoted, so that case and reserved words survive. */
    public static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** The text as a SQL string literal; right with {@code standard_conforming_strings} on, the default since 9.1. */
    public static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
