package dev.freshet.system.chinook;

import dev.freshet.system.oracle.Image;
import dev.freshet.system.oracle.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads tables as the judge needs them. */
final class TableReader {

    private TableReader() {}

    /** Makes {@code ::text} print as keys do. */
    static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone TO 'UTC'");
            statement.execute("SET DateStyle TO 'ISO, YMD'");
        }
    }

    /** The columns of {@link Image}s, for a SELECT or a RETURNING. */
    static String columnList(Table table) {
        return table.columns().stream()
                .map(column -> table.name() + "." + column + "::text")
                .collect(Collectors.joining(", "));
    }

    /** The whole table, as this connection sees it. */
    static List<Image> read(Connection connection, Table table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + columnList(table) + " FROM " + table.name())) {
            return images(table, rows);
        }
    }

    static List<Image> images(Table table, ResultSet rows) throws SQLException {
        List<String> columns = table.columns();
        List<Image> images = new ArrayList<>();
        while (rows.next()) {
            List<Optional<String>> cells = new ArrayList<>(columns.size());
            for (int i = 1; i <= columns.size(); i++) {
                cells.add(Optional.ofNullable(rows.getString(i)));
            }
            images.add(new Image(columns, cells));
        }
        return images;
    }
}
