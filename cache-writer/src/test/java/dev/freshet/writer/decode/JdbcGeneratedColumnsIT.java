package dev.freshet.writer.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Cell;
import dev.freshet.model.Row;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.writer.TestDatabase;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class JdbcGeneratedColumnsIT {

    private static TestDatabase database;
    private SourceConnection source;

    @BeforeAll
    static void create() throws SQLException {
        database = new TestDatabase();
    }

    @AfterAll
    static void drop() throws SQLException {
        database.close();
    }

    @BeforeEach
    void start() throws SQLException {
        database.clear();
        source = new SourceConnection(database.config(), "test");
        database.execute(
                "create schema app",
                "create type app.mood as enum ('sad', 'ok')",
                "create table t ("
                        + "id int primary key, price numeric(10,2), name char(5), mood app.mood, \"Qu\"\"ote\" text,"
                        + "gross numeric(10,2) generated always as (price * 1.199) stored,"
                        + "short varchar(40) generated always as (lower(name)) stored,"
                        + "padded char(8) generated always as (name) stored,"
                        + "is_ok boolean generated always as (mood = 'ok'::app.mood) stored,"
                        + "quoted text generated always as (\"Qu\"\"ote\" || '?' || ':x') stored,"
                        + "five int generated always as (5) stored,"
                        + "two text generated always as (coalesce(price::text, 'none') || id) stored)");
    }

    @AfterEach
    void end() {
        source.close();
    }

    private TableShape shape() {
        return new JdbcCatalogue(source).shape(TableId.parse("public.t")).orElseThrow();
    }

    private Row complete(Row row) {
        return new JdbcGeneratedColumns(source).complete(shape(), row);
    }

    private static Row told(String... cells) {
        Map<String, Cell> row = new HashMap<>();
        for (int i = 0; i < cells.length; i += 2) {
            row.put(cells[i], Cell.text(cells[i + 1]));
        }
        return Row.of(row);
    }

    @Test
    void aGeneratedColumnIsComputedAsTheServerStoredIt() throws SQLException {
        database.execute("insert into t values (7, 9.99, 'Ab', 'ok', 'it''s \"?\" \\')");
        Row row = complete(told("id", "7", "price", "9.99", "name", "Ab", "mood", "ok", "Qu\"ote", "it's \"?\" \\"));
        for (String column : new String[] {"gross", "short", "padded", "is_ok", "quoted", "five", "two"}) {
            assertThat(row.cell(column))
                    .describedAs(column)
                    .isEqualTo(Cell.known(
                            database.text("select " + column + "::text from t"),
                            shape().column(column).type().kind()));
        }
        assertThat(row.cell("id")).isEqualTo(Cell.text("7"));
    }

    @Test
    void ofANullComesWhatTheServerMakesOfIt() {
        Row row = complete(Row.of(Map.of("id", Cell.text("7"), "price", Cell.NULL, "name", Cell.NULL)));
        assertThat(row.cell("gross")).isEqualTo(Cell.NULL);
        assertThat(row.cell("short")).isEqualTo(Cell.NULL);
        assertThat(row.cell("two")).isEqualTo(Cell.text("none7"));
    }

    @Test
    void whatReadsAnUnknownColumnStaysUnknown() {
        Row row = complete(told("id", "7"));
        assertThat(row.cell("two")).isEqualTo(Cell.UNKNOWN);
        assertThat(row.cell("gross")).isEqualTo(Cell.UNKNOWN);
        assertThat(row.cell("five")).isEqualTo(Cell.known("5", Cell.Kind.INTEGER));
    }

    @Test
    void whatTheRecordTellsIsNotComputed() {
        assertThat(complete(told("price", "9.99", "gross", "1.00")).cell("gross"))
                .isEqualTo(Cell.text("1.00"));
    }

    @Test
    void aValueThatTheExpressionRefusesLeavesItsColumnsUnknown() {
        Row row = complete(told("id", "7", "price", "no price", "name", "Ab"));
        assertThat(row.cell("gross")).isEqualTo(Cell.UNKNOWN);
        assertThat(row.cell("price")).isEqualTo(Cell.text("no price"));
    }

    @Test
    void aValueThatIsTooLargeForTheServerLeavesItsColumnUnknown() throws SQLException {
        database.execute("create table grown (n int, blown text generated always as (repeat('x', n)) stored)");
        TableShape shape =
                new JdbcCatalogue(source).shape(TableId.parse("public.grown")).orElseThrow();
        Row row = new JdbcGeneratedColumns(source).complete(shape, told("n", "2000000000"));
        assertThat(row.cell("blown")).isEqualTo(Cell.UNKNOWN);
    }
}
