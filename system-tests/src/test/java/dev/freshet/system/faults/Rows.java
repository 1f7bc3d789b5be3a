package dev.freshet.system.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all tables hold at one moment. Immutable. */
record Rows(Map<Table, List<Map<String, Long>>> all) {

    List<Map<String, Long>> of(Table table) {
        return all.getOrDefault(table, List.of());
    }

    /** By one snapshot. */
    static Rows read(Connection connection) throws SQLException {
        Map<Table, List<Map<String, Long>>> all = new EnumMap<>(Table.class);
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            for (Table table : Table.values()) {
                try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table.sql())) {
                    all.put(table, read(table, rows));
                }
            }
            statement.execute("COMMIT");
        }
        return new Rows(all);
    }

    static List<Map<String, Long>> read(Table table, ResultSet rows) throws SQLException {
        List<Map<String, Long>> read = new ArrayList<>();
        while (rows.next()) {
            Map<String, Long> row = new LinkedHashMap<>();
            for (String column : table.columns()) {
                row.put(column, rows.getLong(column));
            }
            read.add(row);
        }
        return read;
    }
}
