package dev.freshet.system.chinook;

import static dev.freshet.system.chinook.RowMaker.insert;
import static dev.freshet.system.chinook.RowMaker.literal;
import static dev.freshet.system.chinook.RowMaker.where;

import dev.freshet.system.oracle.Image;
import dev.freshet.system.oracle.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is played on the tables. Every choice comes from the scene's seeded generator. Confined to one thread. */
final class Play {

    private final RowMaker maker;

    Play(RowMaker maker) {
        this.maker = maker;
    }

    /** In which order does not matter, for the tables stay full. */
    Map<String, Scene.Step> steps() {
        Map<String, Scene.Step> steps = new LinkedHashMap<>();
        steps.put("single inserts", this::singleInserts);
        steps.put("multi-row inserts", this::multiRowInserts);
        steps.put("updates of every other column", this::updatesOfEveryColumn);
        steps.put("multi-row updates", this::multiRowUpdates);
        steps.put("to null and back", this::toNullAndBack);
        steps.put("primary-key changes", this::primaryKeyChanges);
        steps.put("deletes", this::deletes);
        steps.put("updates that change nothing", this::updatesThatChangeNothing);
        steps.put("upserts", this::upserts);
        steps.put("COPY", this::copies);
        steps.put("one row several times", this::oneRowSeveralTimes);
        steps.put("savepoints", this::savepoints);
        steps.put("a transaction rolled back", this::rolledBack);
        steps.put("interleaved transactions", this::interleaved);
        steps.put("deleted and inserted again", this::deletedAndInsertedAgain);
        steps.put("merge", this::merge);
        steps.put("values swapped", this::valuesSwapped);
        steps.put("two tables in one statement", this::twoTablesInOneStatement);
        steps.put("hundreds of rows at once", this::hundredsOfRows);
        steps.put("a truncate rolled back", this::truncateRolledBack);
        return steps;
    }

    /** These come last. */
    Map<String, Scene.Step> truncates() {
        Map<String, Scene.Step> steps = new LinkedHashMap<>();
        steps.put("truncate of one table", scene -> truncate(scene, Chinook.GENRE));
        steps.put("truncate of a table behind a glob", scene -> truncate(scene, Chinook.MEDIA_TYPE));
        steps.put("truncate of two", scene -> truncate(scene, Chinook.ARTIST, Chinook.ALBUM));
        steps.put("truncate of the table behind fields", scene -> truncate(scene, Chinook.TRACK));
        steps.put("truncate of a composite key", scene -> truncate(scene, Chinook.PLAYLIST_TRACK));
        steps.put("truncate and COPY in one transaction", this::truncateAndCopy);
        steps.put("truncate between inserts", this::truncateBetweenInserts);
        return steps;
    }

    private void singleInserts(Scene scene) throws SQLException {
        for (Table table : Chinook.TABLES) {
            Transaction one = scene.begin();
            one.run(table, insert(table, maker.rows(table, 1)));
            one.commit();
        }
    }

    void multiRowInserts(Scene scene) throws SQLException {
        Transaction all = scene.begin();
        for (Table table : Chinook.TABLES) {
            all.run(table, insert(table, maker.rows(table, 8)));
        }
        all.commit();
    }

    private void updatesOfEveryColumn(Scene scene) throws SQLException {
        Transaction all = scene.begin();
        for (Table table : Chinook.TABLES) {
            List<String> columns = otherColumns(table);
            List<Image> rows = maker.some(scene.rows(table), columns.size());
            for (int i = 0; i < rows.size(); i++) {
                all.run(
                        table,
                        update(table, columns.get(i), maker.value(table, columns.get(i)), rows.subList(i, i + 1)));
            }
        }
        all.commit();
    }

    private void multiRowUpdates(Scene scene) throws SQLException {
        for (Table table : Chinook.TABLES) {
            Transaction one = scene.begin();
            for (String column : maker.some(otherColumns(table), 3)) {
                one.run(table, update(table, column, maker.value(table, column), maker.some(scene.rows(table), 12)));
            }
            one.commit();
        }
    }

    private void toNullAndBack(Scene scene) throws SQLException {
        for (Table table : Chinook.TABLES) {
            List<String> nullable = otherColumns(table).stream()
                    .filter(column -> maker.isNullable(table, column))
                    .toList();
            List<Image> rows = maker.some(scene.rows(table), nullable.size());
            Transaction away = scene.begin();
            for (int i = 0; i < rows.size(); i++) {
                away.run(table, update(table, nullable.get(i), Optional.empty(), rows.subList(i, i + 1)));
            }
            away.commit();
            Transaction back = scene.begin();
            for (int i = 0; i < rows.size(); i += 2) {
                String column = nullable.get(i);
                back.run(table, update(table, column, rows.get(i).cell(column), rows.subList(i, i + 1)));
            }
            back.commit();
        }
    }

    private void primaryKeyChanges(Scene scene) throws SQLException {
        for (Table table : Chinook.TABLES) {
            String column = table.key().get(table.key().size() - 1);
            List<Image> rows = maker.some(scene.rows(table), 9);
            Transaction one = scene.begin();
            one.run(
                    table,
                    "UPDATE " + table.name() + " SET " + column + " = " + maker.newId()
                            + where(table, rows.subList(0, 1)));
            one.run(
                    table,
                    "UPDATE " + table.name() + " SET " + column + " = " + column + " + 50000000"
                            + where(table, rows.subList(1, 6)));
            one.commit();
            for (String other : maker.some(otherColumns(table), 1)) {
                Transaction more = scene.begin();
                more.run(
                        table,
                        "UPDATE " + table.name() + " SET " + column + " = -" + column + " - 1, " + other + " = "
                                + literal(maker.value(table, other)) + where(table, rows.subList(6, 9)));
                more.commit();
            }
        }
    }

    private void deletes(Scene scene) throws SQLException {
        for (Table table : Chinook.TABLES) {
            List<Image> rows = maker.some(scene.rows(table), 5);
            Transaction one = scene.begin();
            one.run(table, delete(table, rows.subList(0, 1)));
            one.run(table, delete(table, rows.subList(1, rows.size())));
            one.commit();
        }
    }

    private void updatesThatChangeNothing(Scene scene) throws SQLException {
        Transaction all = scene.begin();
        for (Table table : Chinook.TABLES) {
            String column = table.columns().get(table.columns().size() - 1);
            all.run(
                    table,
                    "UPDATE " + table.name() + " SET " + column + " = " + column
                            + where(table, maker.some(scene.rows(table), 4)));
        }
        all.commit();
    }

    private void upserts(Scene scene) throws SQLException {
        for (Table table : Chinook.TABLES) {
            List<Image> rows = new ArrayList<>(maker.rows(table, 2));
            maker.some(scene.rows(table), 3).forEach(row -> rows.add(withKeyOf(table, row)));
            String conflict = " ON CONFLICT (" + String.join(", ", table.key()) + ") DO ";
            Transaction one = scene.begin();
            one.run(
                    table,
                    insert(table, rows) + conflict + "UPDATE SET "
                            + table.columns().stream()
                                    .map(column -> column + " = EXCLUDED." + column)
                                    .collect(Collectors.joining(", ")));
            List<Image> more = new ArrayList<>(maker.rows(table, 1));
            more.add(withKeyOf(table, maker.pick(scene.rows(table))));
            one.run(table, insert(table, more) + conflict + "NOTHING");
            one.commit();
        }
    }

    private void copies(Scene scene) throws SQLException {
        Transaction all = scene.begin();
        for (Table table : Chinook.TABLES) {
            all.copy(table, maker.rows(table, 40));
        }
        all.commit();
    }

    private void oneRowSeveralTimes(Scene scene) throws SQLException {
        Transaction all = scene.begin();
        for (Table table : Chinook.TABLES) {
            List<Image> row = maker.rows(table, 1);
            all.run(table, insert(table, row));
            for (String column : maker.some(otherColumns(table), 4)) {
                all.run(table, update(table, column, maker.value(table, column), row));
            }
            all.run(table, delete(table, row));
            List<Image> old = maker.some(scene.rows(table), 1);
            for (String column : maker.some(otherColumns(table), 4)) {
                all.run(table, update(table, column, maker.value(table, column), old));
            }
        }
        all.commit();
    }

    private void savepoints(Scene scene) throws SQLException {
        for (Table table : Chinook.TABLES) {
            List<Image> rows = maker.some(scene.rows(table), 4);
            Transaction one = scene.begin();
            one.run(table, insert(table, maker.rows(table, 2)));
            Transaction.Mark first = one.savepoint();
            one.run(table, delete(table, rows.subList(0, 2)));
            Transaction.Mark second = one.savepoint();
            one.run(table, insert(table, maker.rows(table, 2)));
            one.rollbackTo(second);
            one.run(table, delete(table, rows.subList(2, 3)));
            if (scene.random().nextBoolean()) {
                one.rollbackTo(first);
            }
            one.savepoint();
            one.copy(table, maker.rows(table, 2));
            one.run(table, delete(table, rows.subList(3, 4)));
            one.commit();
        }
    }

    private void rolledBack(Scene scene) throws SQLException {
        Transaction all = scene.begin();
        for (Table table : Chinook.TABLES) {
            all.copy(table, maker.rows(table, 3));
            for (String column : maker.some(otherColumns(table), 2)) {
                all.run(table, update(table, column, maker.value(table, column), maker.some(scene.rows(table), 3)));
            }
            all.run(table, delete(table, maker.some(scene.rows(table), 3)));
        }
        all.rollback();
    }

    private void interleaved(Scene scene) throws SQLException {
        List<Transaction> open = List.of(scene.begin(), scene.begin(), scene.begin(), scene.begin());
        Map<Table, List<Image>> rows = new LinkedHashMap<>();
        for (Table table : Chinook.TABLES) {
            rows.put(table, maker.some(scene.rows(table), open.size() * 2));
        }
        for (int round = 0; round < 2; round++) {
            for (Table table : maker.some(Chinook.TABLES, 8)) {
                for (int i = 0; i < open.size(); i++) {
                    // Each its own rows: none waits for another's lock.
                    int own = i * 2 + round;
                    List<Image> row = rows.getOrDefault(table, List.of()).subList(own, own + 1);
                    switch (scene.random().nextInt(3)) {
                        case 0 -> open.get(i).run(table, delete(table, row));
                        case 1 -> open.get(i).run(table, insert(table, maker.rows(table, 2)));
                        default -> {
                            for (String column : maker.some(otherColumns(table), 1)) {
                                open.get(i).run(table, update(table, column, maker.value(table, column), row));
                            }
                        }
                    }
                }
            }
        }
        open.get(2).commit();
        open.get(0).commit();
        open.get(3).rollback();
        open.get(1).commit();
    }

    private void deletedAndInsertedAgain(Scene scene) throws SQLException {
        for (Table table : Chinook.TABLES) {
            List<Image> rows = maker.some(scene.rows(table), 3);
            Transaction one = scene.begin();
            one.run(table, delete(table, rows));
            one.run(table, insert(table, rows.subList(0, 1)));
            one.run(table, insert(table, List.of(withKeyOf(table, rows.get(1)))));
            one.commit();
        }
    }

    private void merge(Scene scene) throws SQLException {
        Transaction one = scene.begin();
        List<Image> rows = maker.some(scene.rows(Chinook.ARTIST), 3);
        String known = rows.get(0).cell("artist_id").orElseThrow();
        String doomed = rows.get(1).cell("artist_id").orElseThrow();
        one.runAny(
                List.of(Chinook.ARTIST),
                "MERGE INTO artist USING (VALUES (" + known + ", 'merged: a'), (" + doomed + ", 'doomed'), ("
                        + maker.newId() + ", 'merged: b')) AS v (id, name) ON artist.artist_id = v.id"
                        + " WHEN MATCHED AND v.name = 'doomed' THEN DELETE"
                        + " WHEN MATCHED THEN UPDATE SET name = v.name"
                        + " WHEN NOT MATCHED THEN INSERT (artist_id, name) VALUES (v.id, v.name)");
        one.commit();
    }

    private void valuesSwapped(Scene scene) throws SQLException {
        for (Table table : Chinook.TABLES) {
            List<Image> rows = maker.some(scene.rows(table), 2);
            for (String column : maker.some(otherColumns(table), 2)) {
                Transaction one = scene.begin();
                one.run(
                        table,
                        "UPDATE " + table.name() + " SET " + column + " = CASE"
                                + where(table, rows.subList(0, 1)).replace(" WHERE ", " WHEN ") + " THEN "
                                + typed(table, column, rows.get(1)) + " ELSE " + typed(table, column, rows.get(0))
                                + " END" + where(table, rows));
                one.commit();
            }
        }
    }

    private static String typed(Table table, String column, Image row) {
        String type = switch (table.forms().getOrDefault(column, dev.freshet.system.oracle.Form.TEXT)) {
            case INTEGER -> "int";
            case NUMERIC -> "numeric";
            case TIMESTAMP -> "timestamp";
            case TEXT -> "text";
        };
        return literal(row.cell(column)) + "::" + type;
    }

    private void twoTablesInOneStatement(Scene scene) throws SQLException {
        Transaction one = scene.begin();
        one.runAny(
                List.of(Chinook.INVOICE_LINE, Chinook.PLAYLIST),
                "WITH gone AS (DELETE FROM invoice_line"
                        + where(Chinook.INVOICE_LINE, maker.some(scene.rows(Chinook.INVOICE_LINE), 3))
                        + " RETURNING invoice_line_id) INSERT INTO playlist (playlist_id, name)"
                        + " SELECT invoice_line_id + 70000000, 'of a line' FROM gone");
        one.commit();
    }

    private void hundredsOfRows(Scene scene) throws SQLException {
        Transaction one = scene.begin();
        one.run(
                Chinook.TRACK,
                "UPDATE track SET unit_price = CASE WHEN unit_price < 1000 THEN unit_price + 0.01 ELSE 0.5 END, composer = left(composer, 200) || ' x'"
                        + where(Chinook.TRACK, maker.some(scene.rows(Chinook.TRACK), 700)));
        one.run(
                Chinook.PLAYLIST_TRACK,
                delete(Chinook.PLAYLIST_TRACK, maker.some(scene.rows(Chinook.PLAYLIST_TRACK), 500)));
        one.commit();
    }

    private void truncateRolledBack(Scene scene) throws SQLException {
        Transaction one = scene.begin();
        one.run(Chinook.GENRE, insert(Chinook.GENRE, maker.rows(Chinook.GENRE, 1)));
        Transaction.Mark mark = one.savepoint();
        one.truncate(Chinook.CUSTOMER, Chinook.INVOICE);
        one.rollbackTo(mark);
        one.commit();
    }

    private void truncate(Scene scene, Table... tables) throws SQLException {
        Transaction one = scene.begin();
        one.truncate(tables);
        one.commit();
    }

    private void truncateAndCopy(Scene scene) throws SQLException {
        Transaction one = scene.begin();
        one.truncate(Chinook.CUSTOMER, Chinook.EMPLOYEE);
        one.copy(Chinook.CUSTOMER, scene.rows(Chinook.CUSTOMER));
        one.copy(Chinook.EMPLOYEE, maker.some(scene.rows(Chinook.EMPLOYEE), 3));
        one.commit();
    }

    private void truncateBetweenInserts(Scene scene) throws SQLException {
        Transaction one = scene.begin();
        one.run(Chinook.INVOICE_LINE, insert(Chinook.INVOICE_LINE, maker.rows(Chinook.INVOICE_LINE, 5)));
        one.truncate(Chinook.INVOICE_LINE);
        one.run(Chinook.INVOICE_LINE, insert(Chinook.INVOICE_LINE, maker.rows(Chinook.INVOICE_LINE, 5)));
        one.commit();
    }

    private Image withKeyOf(Table table, Image row) {
        List<Optional<String>> cells = new ArrayList<>(maker.row(table).cells());
        for (String column : table.key()) {
            cells.set(table.columns().indexOf(column), row.cell(column));
        }
        return new Image(table.columns(), cells);
    }

    private static List<String> otherColumns(Table table) {
        return table.columns().stream()
                .filter(column -> !table.key().contains(column))
                .toList();
    }

    private static String update(Table table, String column, Optional<String> value, List<Image> rows) {
        return "UPDATE " + table.name() + " SET " + column + " = " + literal(value) + where(table, rows);
    }

    private static String delete(Table table, List<Image> rows) {
        return "DELETE FROM " + table.name() + where(table, rows);
    }
}
