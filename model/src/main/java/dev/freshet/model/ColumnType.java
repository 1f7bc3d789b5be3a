package dev.freshet.model;

import java.util.Map;

/**
 * How a PostgreSQL base type prints as text, with time zone UTC and ISO dates.
 *
 * @param name the type's name in {@code pg_type}: {@code int8}, not {@code bigint}; {@code enum} for every enum
 * @param form a regular expression that every printed value matches
 * @param inKeys whether the change stream carries enough to print it exactly, so that a key may hold it
 */
public record ColumnType(String name, Cell.Kind kind, String form, boolean inKeys) {

    private static final String ANY = ".*";
    private static final String INTEGER = "-?\\d+";
    private static final String DECIMAL = "-?\\d+(?:\\.\\d+)?(?:e[+-]\\d+)?|NaN|-?Infinity";
    private static final String DATE = "\\d{4,}-\\d\\d-\\d\\d(?: BC)?|-?infinity";
    private static final String TIME = "\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?";

    private static final Map<String, ColumnType> KNOWN = Map.ofEntries(
            of("int2", Cell.Kind.INTEGER, INTEGER),
            of("int4", Cell.Kind.INTEGER, INTEGER),
            of("int8", Cell.Kind.INTEGER, INTEGER),
            of("oid", Cell.Kind.INTEGER, "\\d+"),
            of("numeric", Cell.Kind.DECIMAL, DECIMAL),
            of("float4", Cell.Kind.DECIMAL, DECIMAL),
            of("float8", Cell.Kind.DECIMAL, DECIMAL),
            of("bool", Cell.Kind.BOOLEAN, "true|false"),
            of("uuid", Cell.Kind.TEXT, "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
            of("text", Cell.Kind.TEXT, ANY),
            of("varchar", Cell.Kind.TEXT, ANY),
            of("bpchar", Cell.Kind.TEXT, ANY),
            of("citext", Cell.Kind.TEXT, ANY),
            of("enum", Cell.Kind.TEXT, ANY),
            of("date", Cell.Kind.TEXT, DATE),
            of("time", Cell.Kind.TEXT, TIME),
            of("timestamp", Cell.Kind.TEXT, "\\d{4,}-\\d\\d-\\d\\d " + TIME + "(?: BC)?|-?infinity"),
            of("timestamptz", Cell.Kind.TEXT, "\\d{4,}-\\d\\d-\\d\\d " + TIME + "\\+00(?: BC)?|-?infinity"),
            of("bytea", Cell.Kind.TEXT, "\\\\x(?:[0-9a-f]{2})*"),
            of("inet", Cell.Kind.TEXT, "[0-9a-f.:]+/\\d+"),
            of("cidr", Cell.Kind.TEXT, "[0-9a-f.:]+/\\d+"),
            of("macaddr", Cell.Kind.TEXT, "[0-9a-f]{2}(?::[0-9a-f]{2}){5}"),
            of("json", Cell.Kind.JSON, ANY),
            of("jsonb", Cell.Kind.JSON, ANY));

    private static Map.Entry<String, ColumnType> of(String name, Cell.Kind kind, String form) {
        return Map.entry(name, new ColumnType(name, kind, form, true));
    }

    /** The type by its name in {@code pg_type}; a type not known here prints in no known form. */
    public static ColumnType named(String name) {
        ColumnType known = KNOWN.get(name);
        return known != null ? known : new ColumnType(name, Cell.Kind.TEXT, ANY, false);
    }
}
