package dev.freshet.writer.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.Cell;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.model.TableShape.Column;
import dev.freshet.writer.TestDatabase;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JdbcCatalogueIT {

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
    }

    @AfterEach
    void end() {
        source.close();
    }

    private TableShape shape(String table) {
        return new JdbcCatalogue(source).shape(TableId.parse(table)).orElseThrow();
    }

    @Test
    void aTableThatIsNotThereHasNoShape() {
        assertThat(new JdbcCatalogue(source).shape(TableId.parse("public.none")))
                .isEmpty();
    }

    @Test
    void columnsStandInTheTablesOrderWithoutTheDroppedOnes() throws SQLException {
        database.execute(
                "create table t (b int, gone text, a varchar(10) not null)",
                "alter table t drop gone",
                "alter table t add c numeric(10,2)");
        TableShape shape = shape("public.t");
        assertThat(shape.columns().keySet()).containsExactly("b", "a", "c");
        assertThat(shape.column("a").notNull()).isTrue();
        assertThat(shape.column("a").sqlType()).isEqualTo("character varying(10)");
        assertThat(shape.column("c").sqlType()).isEqualTo("numeric(10,2)");
        assertThat(shape.column("c").modifier()).isEqualTo((10 << 16 | 2) + 4);
        assertThat(shape.primaryKey()).isEmpty();
        assertThat(shape.identity()).isEmpty();
    }

    @Test
    void namesAreAsStored() throws SQLException {
        database.execute(
                "create schema \"Sales Dept\"",
                "create table \"Sales Dept\".\"Order.Items\" (\"Order Id\" int primary key, \"sel\"\"ect\" text)",
                "create table \"order.items\" (x int)");
        TableShape shape = shape("Sales Dept.Order.Items");
        assertThat(shape.columns().keySet()).containsExactly("Order Id", "sel\"ect");
        assertThat(shape.primaryKey()).containsExactly("Order Id");
        assertThat(shape.identity()).containsExactly("Order Id");
        assertThat(new JdbcCatalogue(source).shape(TableId.parse("sales dept.order.items")))
                .isEmpty();
    }

    @Test
    void thePrimaryKeyKeepsItsOwnOrder() throws SQLException {
        database.execute("create table t (a int, b int, c int, primary key (c, a))");
        assertThat(shape("public.t").primaryKey()).containsExactly("c", "a");
        assertThat(shape("public.t").identity()).containsExactlyInAnyOrder("c", "a");
    }

    @Test
    void whatAKeyOnlyIncludesIsNotInTheLog() throws SQLException {
        database.execute("create table t (a int, b int, primary key (a) include (b))");
        assertThat(shape("public.t").primaryKey()).containsExactly("a");
        assertThat(shape("public.t").identity()).containsExactly("a");
    }

    @Test
    void aDeferrableKeyIsNoIdentity() throws SQLException {
        database.execute("create table t (a int primary key deferrable initially deferred, b int)");
        assertThat(shape("public.t").primaryKey()).containsExactly("a");
        assertThat(shape("public.t").identity()).isEmpty();
    }

    @Test
    void theIdentityIsWhatTheTableSays() throws SQLException {
        database.execute(
                "create table t (a int primary key, b int not null, c int, d int generated always as (b + 1) stored)",
                "create unique index by_b on t (b) include (c)");
        assertThat(shape("public.t").identity()).containsExactly("a");
        database.execute("alter table t replica identity full");
        assertThat(shape("public.t").identity()).containsExactlyInAnyOrder("a", "b", "c");
        database.execute("alter table t replica identity using index by_b");
        assertThat(shape("public.t").identity()).containsExactly("b");
        database.execute("alter table t replica identity nothing");
        assertThat(shape("public.t").identity()).isEmpty();
    }

    @Test
    void aPartitionedTableTellsWhatEveryLeafTells() throws SQLException {
        database.execute(
                "create table t (a int not null, b int not null, c int, primary key (a, b)) partition by range (a)",
                "create table t1 (c int, b int not null, dropped int, a int not null)",
                "alter table t1 drop dropped",
                "alter table t attach partition t1 for values from (0) to (10)",
                "create table t2 partition of t for values from (10) to (20) partition by list (b)",
                "create table t21 partition of t2 for values in (1)",
                "alter table t1 replica identity full",
                "create unique index by_b on t21 (b)");
        assertThat(shape("public.t").primaryKey()).containsExactly("a", "b");
        assertThat(shape("public.t").identity()).containsExactlyInAnyOrder("a", "b");
        database.execute("alter table t21 replica identity full");
        assertThat(shape("public.t").identity()).containsExactlyInAnyOrder("a", "b", "c");
        database.execute("alter table t21 replica identity using index by_b");
        assertThat(shape("public.t").identity()).containsExactly("b");
        assertThat(shape("public.t1").identity())
                .describedAs("a leaf of its own")
                .contains("c");
        database.execute("create table lonely (a int primary key) partition by range (a)");
        assertThat(shape("public.lonely").identity()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "integer | int4",
                "bigint | int8",
                "text | text",
                "char(3) | bpchar",
                "mood | enum",
                "mood_domain | enum",
                "money_domain | numeric",
                "outer_domain | numeric",
                "int[] | _int4",
                "timestamp(3) | timestamp",
                "timestamp(3) with time zone | timestamptz",
                "citext | citext",
                "uuid | uuid",
            })
    void aColumnsTypeIsItsBaseType(String sql, String type) throws SQLException {
        database.execute(
                "create extension if not exists citext",
                "create type mood as enum ('sad', 'ok')",
                "create domain mood_domain as mood",
                "create domain money_domain as numeric(10,2) not null",
                "create domain outer_domain as money_domain check (value > 0)",
                "create table t (c " + sql + ")");
        Column column = shape("public.t").column("c");
        assertThat(column.type().name()).isEqualTo(type);
        if (type.equals("numeric")) {
            assertThat(column.modifier()).isEqualTo((10 << 16 | 2) + 4);
            assertThat(column.type().kind()).isEqualTo(Cell.Kind.DECIMAL);
        }
        if (sql.startsWith("timestamp(3)")) {
            assertThat(column.modifier()).isEqualTo(3);
        }
    }

    @Test
    void aTypeOfSomebodysOwnIsNotTheOneThatItIsNamedAfter() throws SQLException {
        database.execute(
                "create schema app",
                "create type app.text as (a int, b int)",
                "create domain app.int8 as varchar(5)",
                "create table t (c app.text, d app.int8)");
        assertThat(shape("public.t").column("c").type().inKeys()).isFalse();
        assertThat(shape("public.t").column("d").type().name()).isEqualTo("varchar");
    }

    @Test
    void aGeneratedColumnNamesWhatItReads() throws SQLException {
        database.execute(
                "create table t (a int, \"B b\" text, c text generated always as (upper(\"B b\") || a * 2) stored,"
                        + " d int generated always as (5) stored, e int default 5)");
        TableShape shape = shape("public.t");
        assertThat(shape.column("c").generated().orElseThrow().reads()).isEqualTo(Set.of("a", "B b"));
        assertThat(shape.column("c").generated().orElseThrow().expression()).contains("upper(\"B b\")");
        assertThat(shape.column("d").generated().orElseThrow().reads()).isEmpty();
        assertThat(shape.column("e").generated()).isEmpty();
    }

    @Test
    void aSourceThatIsAwayIsSaidToBeAndIsAskedAgain() throws SQLException {
        database.execute("create table t (a int)");
        assertThat(shape("public.t").columns()).hasSize(1);
        database.text(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'freshet test'");
        assertThatThrownBy(() -> shape("public.t"))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("57P01");
        assertThat(shape("public.t").columns()).hasSize(1);
        source.close();
        assertThatThrownBy(() -> shape("public.t")).isInstanceOf(SourceUnavailableException.class);
    }
}
