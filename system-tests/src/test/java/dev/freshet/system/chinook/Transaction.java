package dev.freshet.system.chinook;

import dev.freshet.system.oracle.Change;
import dev.freshet.system.oracle.Image;
import dev.freshet.system.oracle.Table;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * One transaction of a play. Around every statement it reads the tables that the statement names, as the transaction
 * itself sees them, so that what each statement did is known exactly, in between as at the end.
 */
final class Transaction {

    private final Connection connection;
    private final Scene scene;
    private final List<Change> changes = new ArrayList<>();
    private final List<Change> undone = new ArrayList<>();

    /** What the transaction saw last of each table; right until somebody commits, or this rolls back. */
    private final Map<Table, List<Image>> seen = new HashMap<>();

    private int seenAt;

    private final Set<Table> written = new HashSet<>();

    Transaction(Connection connection, Scene scene) {
        this.connection = connection;
        this.scene = scene;
    }

    /** Runs an INSERT, UPDATE or DELETE of one table. */
    void run(Table table, String sql) throws SQLException {
        List<Image> before = before(table);
        List<Image> written;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql + " RETURNING " + TableReader.columnList(table))) {
            written = TableReader.images(table, rows);
        }
        note(table, before, written);
    }

    /** Runs any statement; where it writes a row as it was, that goes unnoticed. */
    void runAny(List<Table> tables, String sql) throws SQLException {
        Map<Table, List<Image>> before = new LinkedHashMap<>();
        for (Table table : tables) {
            before.put(table, before(table));
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        for (Table table : tables) {
            note(table, before.getOrDefault(table, List.of()), List.of());
        }
    }

    void copy(Table table, List<Image> rows) throws SQLException {
        List<Image> before = before(table);
        String text = rows.stream()
                .map(row -> row.cells().stream().map(Transaction::copyText).collect(Collectors.joining("\t")))
                .collect(Collectors.joining("\n", "", "\n"));
        String sql = "COPY " + table.name() + " (" + String.join(", ", table.columns()) + ") FROM STDIN";
        try {
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, new StringReader(text));
        } catch (IOException e) {
            throw new SQLException(e);
        }
        note(table, before, List.of());
    }

    private static String copyText(Optional<String> cell) {
        return cell.map(text -> text.replace("\\", "\\\\")
                        .replace("\t", "\\t")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r"))
                .orElse("\\N");
    }

    void truncate(Table... tables) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "TRUNCATE " + List.of(tables).stream().map(Table::name).collect(Collectors.joining(", ")));
        }
        for (Table table : tables) {
            changes.add(new Change.Emptied(table));
            seen.put(table, List.of());
            written.add(table);
        }
    }

    /** What the transaction did so far, to come back to. */
    record Mark(Savepoint savepoint, int changes) {}

    Mark savepoint() throws SQLException {
        return new Mark(connection.setSavepoint(), changes.size());
    }

    void rollbackTo(Mark mark) throws SQLException {
        connection.rollback(mark.savepoint());
        seen.clear();
        List<Change> after = changes.subList(mark.changes(), changes.size());
        undone.addAll(after);
        after.clear();
    }

    void commit() throws SQLException {
        scene.beforeCommit(changes, undone);
        connection.commit();
        scene.committed(changes);
        connection.close();
    }

    void rollback() throws SQLException {
        undone.addAll(changes);
        scene.beforeCommit(List.of(), undone);
        connection.rollback();
        connection.close();
    }

    private void note(Table table, List<Image> before, List<Image> written) throws SQLException {
        List<Image> after = TableReader.read(connection, table);
        changes.addAll(Change.between(table, before, after, written));
        seen.put(table, after);
        this.written.add(table);
    }

    private List<Image> before(Table table) throws SQLException {
        if (seenAt != scene.commits()) {
            seen.clear();
            seenAt = scene.commits();
        }
        List<Image> known = seen.get(table);
        if (known == null && seenAt == 0 && !written.contains(table)) {
            known = scene.rows(table);
        }
        return known == null ? TableReader.read(connection, table) : known;
    }
}
