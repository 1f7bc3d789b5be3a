package dev.freshet.system.chinook;

import dev.freshet.system.oracle.Form;
import dev.freshet.system.oracle.Image;
import dev.freshet.system.oracle.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/** Brings the Chinook tables into an empty database: from the public script where it is at hand, else made up. */
final class ChinookData {

    private static final String PROPERTY = "freshet.chinook";
    private static final Path BESIDE = Path.of("shared", "data", "chinook.sql");

    /** How many rows are made up, where it is not the usual number. */
    private static final Map<String, Integer> GENERATED = Map.of("track", 1500, "playlist_track", 3000, "genre", 25);

    private static final int USUAL = 120;

    /** So that every step finds rows enough, the smallest tables are filled up to this. */
    private static final int LEAST = 40;

    private ChinookData() {}

    /** @return where the data is from, for people */
    static String load(Connection connection, Random random) throws SQLException {
        Optional<Path> script = script();
        if (script.isPresent()) {
            for (String statement : SqlScript.statements(read(script.get()))) {
                execute(connection, statement);
            }
        } else {
            generate(connection, random);
        }
        dropForeignKeys(connection);
        prepareForTheTest(connection);
        return script.map(path -> "the public script " + path.getFileName())
                .orElse("no shared/data/chinook.sql beside the project (-D" + PROPERTY
                        + "=FILE names another): generated data of the same tables");
    }

    private static Optional<Path> script() {
        String named = System.getProperty(PROPERTY, "");
        if (!named.isEmpty()) {
            return Optional.of(Path.of(named)).filter(Files::isReadable);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isReadable(at.resolve(BESIDE))) {
                return Optional.of(at.resolve(BESIDE));
            }
        }
        return Optional.empty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void generate(Connection connection, Random random) throws SQLException {
        for (Table table : Chinook.TABLES) {
            String columns = table.forms().entrySet().stream()
                    .map(column -> column.getKey() + " " + type(column.getValue())
                            + (isRequired(table, column.getKey()) ? " NOT NULL" : ""))
                    .collect(Collectors.joining(", "));
            execute(
                    connection,
                    "CREATE TABLE " + table.name() + " (" + columns + ", PRIMARY KEY (" + String.join(", ", table.key())
                            + "))");
        }
        RowMaker maker = new RowMaker(connection, random);
        for (Table table : Chinook.TABLES) {
            List<Image> rows = new ArrayList<>();
            int count = GENERATED.getOrDefault(table.name(), USUAL);
            for (int i = 1; i <= count; i++) {
                rows.add(small(table, maker.row(table), i));
            }
            execute(connection, RowMaker.insert(table, rows));
        }
    }

    /** The row with small keys, so that the tables' rows refer to each other. */
    private static Image small(Table table, Image row, int number) {
        List<Optional<String>> cells = new ArrayList<>(row.cells());
        for (int i = 0; i < table.key().size(); i++) {
            cells.set(i, Optional.of(Integer.toString(i == 0 && table.key().size() > 1 ? number % 18 : number)));
        }
        return new Image(row.columns(), cells);
    }

    private static String type(Form form) {
        return switch (form) {
            case INTEGER -> "INT";
            case NUMERIC -> "NUMERIC(10,2)";
            case TIMESTAMP -> "TIMESTAMP";
            case TEXT -> "VARCHAR(70)";
        };
    }

    private static boolean isRequired(Table table, String column) {
        return table.key().contains(column) || column.equals("unit_price") || column.equals("invoice_date");
    }

    /** Truncates and new primary keys are played on every table by itself. */
    private static void dropForeignKeys(Connection connection) throws SQLException {
        List<String> drops = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)"
                                + " FROM pg_constraint WHERE contype = 'f'")) {
            while (rows.next()) {
                drops.add(rows.getString(1));
            }
        }
        for (String drop : drops) {
            execute(connection, drop);
        }
    }

    private static void prepareForTheTest(Connection connection) throws SQLException {
        for (Table table : Chinook.TABLES) {
            if (!table.equals(Chinook.PLAYLIST_TRACK)) {
                execute(connection, "ALTER TABLE " + table.name() + " REPLICA IDENTITY FULL");
            }
        }
        execute(connection, "CREATE TABLE beat (id int PRIMARY KEY)");
    }

    /** Adds made-up rows to the smallest tables. */
    static void fillUp(Connection connection, RowMaker maker) throws SQLException {
        for (Table table : Chinook.TABLES) {
            int there = TableReader.read(connection, table).size();
            if (there < LEAST) {
                execute(connection, RowMaker.insert(table, maker.rows(table, LEAST - there)));
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
