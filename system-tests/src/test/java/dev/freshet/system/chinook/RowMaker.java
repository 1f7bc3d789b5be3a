package dev.freshet.system.chinook;

import dev.freshet.system.oracle.Form;
import dev.freshet.system.oracle.Image;
import dev.freshet.system.oracle.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes values that are hard on keys, within what the columns take. Confined to one thread. */
final class RowMaker {

    private static final List<String> TEXTS = List.of(
            "plain",
            "",
            " blanks around ",
            "a:b",
            ":",
            "{genre_id}",
            "}{",
            "*",
            "[a-c]?",
            "back\\slash\\",
            "it's \"quoted\"",
            "Ünïcödé",
            "東京",
            "🎵🎶",
            "e\u0301",
            "new\nline",
            "tab\tstop",
            "%s $1 ?",
            "null",
            "USA",
            "freshet:fence:x",
            "a/b",
            "\u00a0\u2028",
            "a rather long text that does not fit into the shorter ones of these columns");
    private static final List<String> NUMBERS =
            List.of("0.00", "0.99", "1.00", "1.01", "1.99", "-3.50", "100000.00", "99999999.99", "0.10");
    private static final List<String> TIMES = List.of(
            "2009-01-01 00:00:00",
            "2021-12-31 23:59:59",
            "2024-02-29 12:34:56.789",
            "1999-12-31 23:59:59.999999",
            "1969-12-31 23:59:59.5",
            "0001-01-01 00:00:00",
            "2038-01-19 03:14:08.000001",
            "12345-06-07 08:09:10");

    private record Limits(boolean nullable, int length) {}

    private final Map<String, Limits> limits = new HashMap<>();
    private final Random random;
    private int nextId = 1_000_000;

    RowMaker(Connection connection, Random random) throws SQLException {
        this.random = random;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT table_name, column_name, is_nullable = 'YES', coalesce(character_maximum_length, 0)"
                                + " FROM information_schema.columns WHERE table_schema = 'public'")) {
            while (rows.next()) {
                limits.put(rows.getString(1) + "." + rows.getString(2), new Limits(rows.getBoolean(3), rows.getInt(4)));
            }
        }
    }

    int newId() {
        return nextId++;
    }

    boolean isNullable(Table table, String column) {
        return limitsOf(table, column).nullable();
    }

    private Limits limitsOf(Table table, String column) {
        Limits found = limits.get(table.name() + "." + column);
        if (found == null) {
            throw new IllegalStateException("the database has no column " + table.name() + "." + column);
        }
        return found;
    }

    /** A row with a key that no other has. */
    Image row(Table table) {
        List<Optional<String>> cells = new ArrayList<>();
        for (String column : table.columns()) {
            cells.add(table.key().contains(column) ? Optional.of(Integer.toString(newId())) : value(table, column));
        }
        return new Image(table.columns(), cells);
    }

    List<Image> rows(Table table, int count) {
        List<Image> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(row(table));
        }
        return rows;
    }

    Optional<String> value(Table table, String column) {
        Limits limit = limitsOf(table, column);
        if (limit.nullable() && random.nextInt(6) == 0) {
            return Optional.empty();
        }
        Form form = table.forms().getOrDefault(column, Form.TEXT);
        return Optional.of(
                switch (form) {
                    case INTEGER -> Integer.toString(random.nextInt(12) - 1);
                    case NUMERIC -> pick(NUMBERS);
                    case TIMESTAMP -> pick(TIMES);
                    case TEXT -> cut(pick(TEXTS), limit.length());
                });
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Some of them, each once, in the order in which they stand. */
    <T> List<T> some(List<T> from, int count) {
        List<T> rest = new ArrayList<>(from);
        java.util.Collections.shuffle(rest, random);
        return List.copyOf(rest.subList(0, Math.min(count, rest.size())));
    }

    private static String cut(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length));
    }

    static String literal(Optional<String> cell) {
        return cell.map(text -> "'" + text.replace("'", "''") + "'").orElse("NULL");
    }

    static String values(Image row) {
        return row.cells().stream().map(RowMaker::literal).collect(Collectors.joining(", ", "(", ")"));
    }

    static String insert(Table table, List<Image> rows) {
        return "INSERT INTO " + table.name() + " (" + String.join(", ", table.columns()) + ") VALUES "
                + rows.stream().map(RowMaker::values).collect(Collectors.joining(", "));
    }

    /** A condition that these rows fulfil and no others. */
    static String where(Table table, List<Image> rows) {
        return rows.stream()
                .map(row -> table.key().stream()
                        .map(column -> column + " = " + literal(row.cell(column)))
                        .collect(Collectors.joining(" AND ", "(", ")")))
                .collect(Collectors.joining(" OR ", " WHERE (", ")"));
    }
}
