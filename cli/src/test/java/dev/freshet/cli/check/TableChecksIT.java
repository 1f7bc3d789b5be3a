package dev.freshet.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.config.ConfigFile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every configuration that does not fit its database gets an error that names the path and the mend; a mend in SQL is run
 * as it was printed, and the check passes then.
 */
class TableChecksIT {

    private static final String BOOKS = """
            CREATE TABLE books (id bigint PRIMARY KEY, title text, author_id bigint, price numeric(10,2), place point,
              tags text[], slug text GENERATED ALWAYS AS (lower(title)) STORED);
            CREATE SCHEMA sales;
            CREATE TABLE sales.orders (id bigint PRIMARY KEY, note text);
            CREATE TABLE sales.secrets (id bigint);
            GRANT SELECT ON books TO PUBLIC;
            """;

    /**
     * @param sql makes what is wrong, beside the tables that always stand
     * @param message a part of it
     * @param mends how many statements mend it
     */
    private record Wrong(String name, String sql, String caches, String path, String message, int mends) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Wrong> wrong() {
        return Stream.of(
                // the table
                new Wrong(
                        "missing",
                        "",
                        cache("public.boks", "key: \"b:{id}\""),
                        "caches.c.table",
                        "did you mean 'public.books'?",
                        0),
                new Wrong(
                        "other case",
                        "",
                        cache("public.Books", "key: \"b:{id}\""),
                        "caches.c.table",
                        "names are as stored, without case folding); did you mean 'public.books'?",
                        0),
                new Wrong(
                        "other schema",
                        "",
                        cache("public.orders", "key: \"b:{id}\""),
                        "caches.c.table",
                        "did you mean 'sales.orders'?",
                        0),
                new Wrong(
                        "view",
                        "CREATE VIEW v AS SELECT * FROM books",
                        cache("public.v", "key: \"b:{id}\""),
                        "caches.c.table",
                        "is a view: it has no rows of its own; map the tables that it reads",
                        0),
                new Wrong(
                        "materialized view",
                        "CREATE MATERIALIZED VIEW v AS SELECT id FROM books",
                        cache("public.v", "key: \"b:{id}\""),
                        "caches.c.table",
                        "is a materialized view",
                        0),
                new Wrong(
                        "foreign table",
                        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
                                + " CREATE FOREIGN TABLE f (id bigint) SERVER s",
                        cache("public.f", "key: \"b:{id}\""),
                        "caches.c.table",
                        "is a foreign table",
                        0),
                new Wrong(
                        "sequence",
                        "CREATE SEQUENCE q",
                        cache("public.q", "key: \"b:{id}\""),
                        "caches.c.table",
                        "no table; map an ordinary or a partitioned table",
                        0),
                new Wrong(
                        "unlogged",
                        "CREATE UNLOGGED TABLE u (id bigint PRIMARY KEY)",
                        cache("public.u", "key: \"b:{id}\""),
                        "caches.c.table",
                        "is unlogged",
                        1),
                new Wrong(
                        "unlogged partition",
                        "CREATE TABLE \"P\" (id bigint PRIMARY KEY) PARTITION BY RANGE (id);"
                                + " CREATE TABLE \"P 1\" PARTITION OF \"P\" FOR VALUES FROM (0) TO (9);"
                                + " CREATE UNLOGGED TABLE \"P 2\" PARTITION OF \"P\" FOR VALUES FROM (9) TO (99)",
                        cache("public.P", "key: \"b:{id}\""),
                        "caches.c.table",
                        "the partition 'public.P 2' of 'public.P' is unlogged",
                        1),
                new Wrong(
                        "foreign partition",
                        "CREATE TABLE p (id bigint) PARTITION BY RANGE (id);"
                                + " CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
                                + " CREATE FOREIGN TABLE f PARTITION OF p FOR VALUES FROM (0) TO (9) SERVER s",
                        cache("public.p", "key: \"b:{id}\""),
                        "caches.c.table",
                        "the partition 'public.f' of 'public.p' is a foreign table",
                        0),
                new Wrong(
                        "partition of a mapped table",
                        "CREATE TABLE p (id bigint PRIMARY KEY) PARTITION BY RANGE (id);"
                                + " CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9)",
                        cache("public.p1", "key: \"b:{id}\"") + "root: { table: public.p, key: \"r:{id}\" }\n",
                        "caches.c.table",
                        "is a partition of 'public.p', which is mapped too",
                        0),
                // whether PostgreSQL would refuse the application's updates
                new Wrong(
                        "no primary key",
                        "CREATE TABLE n (id bigint)",
                        cache("public.n", "key: \"b:{id}\""),
                        "caches.c.table",
                        "would refuse the application's own UPDATE and DELETE",
                        1),
                new Wrong(
                        "deferrable primary key",
                        "CREATE TABLE n (id bigint PRIMARY KEY DEFERRABLE)",
                        cache("public.n", "key: \"b:{id}\""),
                        "caches.c.table",
                        "would refuse the application's own UPDATE and DELETE",
                        1),
                new Wrong(
                        "replica identity nothing",
                        "ALTER TABLE books REPLICA IDENTITY NOTHING",
                        cache("public.books", "match: \"b:*\""),
                        "caches.c.table",
                        "would refuse the application's own UPDATE and DELETE",
                        1),
                new Wrong(
                        "partitions without identity",
                        "CREATE TABLE p (id bigint) PARTITION BY RANGE (id);"
                                + " CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);"
                                + " CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (9) TO (99);"
                                + " ALTER TABLE p2 REPLICA IDENTITY FULL",
                        cache("public.p", "key: \"b:{id}\""),
                        "caches.c.table",
                        "the partition 'public.p1' of 'public.p' has no replica identity",
                        1),
                // columns
                new Wrong(
                        "key column",
                        "",
                        cache("public.books", "key: \"b:{ide}\""),
                        "caches.c.key",
                        "'public.books' has no column 'ide'; did you mean 'id'?",
                        0),
                new Wrong(
                        "key column of another case",
                        "",
                        cache("public.books", "key: \"b:{ID}\""),
                        "caches.c.key",
                        "did you mean 'id'?",
                        0),
                new Wrong(
                        "field column",
                        "",
                        cache("public.books", "key: b\nfield: \"{isbn}\""),
                        "caches.c.field",
                        "has no column 'isbn'; it has id, title, author_id, price, place, tags, slug",
                        0),
                new Wrong(
                        "value column",
                        "",
                        cache("public.books", "key: \"b:{id}\"\non-change: refresh\nvalue: { columns: [id, titel] }"),
                        "caches.c.value.columns",
                        "did you mean 'title'?",
                        0),
                new Wrong(
                        "selecting column",
                        "",
                        cache("public.books", "key: \"b:{id}\"\ncolumns: [pric]"),
                        "caches.c.columns",
                        "did you mean 'price'?",
                        0),
                new Wrong(
                        "column of when",
                        "",
                        cache("public.books", "key: \"b:{id}\"\nwhen: row.titel == 'x'"),
                        "caches.c.when",
                        "did you mean 'title'?",
                        0),
                new Wrong(
                        "when that is none",
                        "",
                        cache("public.books", "key: \"b:{id}\"\nwhen: row.title =="),
                        "caches.c.when",
                        "is no expression",
                        0),
                new Wrong(
                        "type that has no certain text",
                        "ALTER TABLE books REPLICA IDENTITY FULL",
                        cache("public.books", "key: \"b:{place}\""),
                        "caches.c.key",
                        "column 'place' is of type point, whose text the change stream does not tell exactly",
                        0),
                new Wrong(
                        "stored type that has no certain text",
                        "",
                        cache("public.books", "key: \"b:{id}\"\non-change: refresh\nvalue: { columns: [id, tags] }"),
                        "caches.c.value.columns",
                        "leave it out, or store a query",
                        0),
                // what old rows tell
                new Wrong(
                        "replica identity too small",
                        "",
                        cache("public.books", "key: \"author:{author_id}:books\""),
                        "caches.c.key",
                        "needs the old value of author_id",
                        1),
                new Wrong(
                        "replica identity too small for a field",
                        "",
                        cache("public.books", "key: \"author:{id}\"\nfield: \"{title}\""),
                        "caches.c.field",
                        "needs the old value of title",
                        1),
                new Wrong(
                        "generated column whose input is not told",
                        "",
                        cache("public.books", "key: \"slug:{slug}\""),
                        "caches.c.key",
                        "needs the old value of slug",
                        1),
                new Wrong(
                        "included column of a key",
                        "CREATE TABLE i (id bigint, kind text, PRIMARY KEY (id) INCLUDE (kind))",
                        cache("public.i", "key: \"i:{kind}\""),
                        "caches.c.key",
                        "needs the old value of kind",
                        1),
                new Wrong(
                        "two of three partitions too small",
                        "CREATE TABLE p (id bigint PRIMARY KEY, a int) PARTITION BY RANGE (id);"
                                + " CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);"
                                + " CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (9) TO (99);"
                                + " CREATE TABLE \"P \"\"3\" PARTITION OF p FOR VALUES FROM (99) TO (999);"
                                + " ALTER TABLE p2 REPLICA IDENTITY FULL",
                        cache("public.p", "key: \"a:{a}\""),
                        "caches.c.key",
                        "partitions that are added later need the same",
                        2),
                // queries
                new Wrong(
                        "query parameter",
                        "",
                        cache("public.books", "key: \"b:{id}\"\non-change: refresh\nquery: select :idd"),
                        "caches.c.query",
                        "':idd' stands for a column of 'public.books', which has none of that name; did you mean 'id'?",
                        0),
                new Wrong(
                        "query that does not parse",
                        "",
                        cache("public.books", "key: \"b:{id}\"\non-change: refresh\nquery: selekt :id"),
                        "caches.c.query",
                        "PostgreSQL does not take the query",
                        0),
                new Wrong(
                        "query of a table that is not there",
                        "",
                        cache("public.books", "key: \"b:{id}\"\non-change: refresh\nquery: select * from nowhere"),
                        "caches.c.query",
                        "relation \"nowhere\" does not exist",
                        0),
                new Wrong(
                        "query that writes",
                        "",
                        cache(
                                "public.books",
                                "key: \"b:{id}\"\non-change: refresh\n"
                                        + "query: with d as (delete from books returning 1) select * from d"),
                        "caches.c.query",
                        "it must be one SELECT",
                        0),
                new Wrong(
                        "two statements",
                        "",
                        cache(
                                "public.books",
                                "key: \"b:{id}\"\non-change: refresh\nquery: \"select 1; drop table books\""),
                        "caches.c.query",
                        "it must be one SELECT",
                        0),
                new Wrong(
                        "query without the right to read",
                        "",
                        cache(
                                "public.books",
                                "key: \"b:{id}\"\non-change: refresh\nquery: select note from sales.orders where id = :id"),
                        "caches.c.query",
                        "permission denied",
                        2),
                // tags
                new Wrong(
                        "tag column",
                        "",
                        cache("public.books", "tag: \"b:{titel}\"\nmembers: \"b:*\""),
                        "caches.c.tag",
                        "did you mean 'title'?",
                        0),
                new Wrong(
                        "tag by an untold column",
                        "",
                        cache("public.books", "tag: \"author:{author_id}\"\nmembers: \"shelf:*\""),
                        "caches.c.tag",
                        "needs the old value of author_id",
                        1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void whatDoesNotFitIsNamedWithItsMend(Wrong wrong) {
        try (TestDatabase database = TestDatabase.create()) {
            database.run(BOOKS, wrong.sql());
            ConfigFile file = ConfigFile.parse(database.yaml(wrong.caches()), Map.of());

            CheckReport report = Checks.run(file, Set.of(Part.TABLES));

            List<Finding> found = found(report);
            assertThat(report.exitCode()).as("%s", report).isEqualTo(2);
            assertThat(found).as("%s", report).singleElement().satisfies(finding -> {
                assertThat(finding.place().path()).isEqualTo(wrong.path());
                assertThat(finding.place().line()).isGreaterThanOrEqualTo(5);
                assertThat(finding.place().message()).contains(wrong.message());
                assertThat(finding.sql()).hasSize(wrong.mends());
            });
            if (wrong.mends() > 0) {
                database.run(found.get(0).sql());
                CheckReport mended = Checks.run(file, Set.of(Part.TABLES));
                assertThat(mended.findings()).as("mended").isEmpty();
            }
            assertThat(database.ask("SELECT count(*) FROM pg_publication")).isEqualTo("0");
        }
    }

    @Test
    void everythingIsToldAtOnce() {
        try (TestDatabase database = TestDatabase.create()) {
            database.run(BOOKS);
            ConfigFile file = ConfigFile.parse(database.yaml("""
                            a: { table: public.boks, key: "b:{id}" }
                            b: { table: public.books, key: "b:{idd}" }
                            c: { table: public.books, key: "b:{author_id}", columns: [titel] }
                            """), Map.of());

            assertThat(found(Checks.run(file, Set.of(Part.TABLES))))
                    .extracting(finding -> finding.place().path())
                    .containsExactly("caches.a.table", "caches.b.key", "caches.c.key", "caches.c.columns");
        }
    }

    @Test
    void aSelectionByUntoldColumnsIsOnlyNoted() {
        try (TestDatabase database = TestDatabase.create()) {
            database.run(BOOKS);
            ConfigFile file = ConfigFile.parse(
                    database.yaml(cache("public.books", "key: \"b:{id}\"\ncolumns: [price]\nwhen: row.title == 'x'")),
                    Map.of());

            CheckReport report = Checks.run(file, Set.of(Part.TABLES));

            assertThat(report.passed()).isTrue();
            assertThat(report.findings()).hasSize(2).allSatisfy(finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.NOTE);
                assertThat(finding.place().message()).contains("every update counts");
                assertThat(finding.sql()).containsExactly("ALTER TABLE \"public\".\"books\" REPLICA IDENTITY FULL;");
            });
        }
    }

    @Test
    void rowSecurityThatNarrowsAQueryIsNoted() {
        try (TestDatabase database = TestDatabase.create()) {
            database.run(BOOKS, "ALTER TABLE books ENABLE ROW LEVEL SECURITY");
            ConfigFile file = ConfigFile.parse(
                    database.yaml(cache(
                            "public.books",
                            "key: \"b:{id}\"\non-change: refresh\nquery: select title from books where id = :id;")),
                    Map.of());

            assertThat(Checks.run(file, Set.of(Part.TABLES)).findings())
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.severity()).isEqualTo(Severity.NOTE);
                        assertThat(finding.place().message()).contains("row security");
                    });
        }
    }

    @Test
    void whatFitsIsNotComplainedAbout() {
        try (TestDatabase database = TestDatabase.create()) {
            database.run(
                    BOOKS,
                    "ALTER TABLE books REPLICA IDENTITY FULL",
                    "CREATE TABLE \"Mixed Case\" (\"Order.Id\" uuid, line int, PRIMARY KEY (\"Order.Id\", line))");
            ConfigFile file = ConfigFile.parse(database.yaml("""
                            a: { table: public.books, key: "b:{author_id}:{slug}:{title}", columns: [price], when: row.price > 1.0 }
                            b: { table: public.books, key: prices, field: "{id}" }
                            c: { table: public.books, match: "books:*" }
                            t: { table: public.books, tag: "author:{author_id}", members: "shelf:*", columns: [price] }
                            d: { table: public.books, key: "d:{id}", on-change: refresh, value: { columns: [id, title] } }
                            e:
                              table: public.books
                              key: "e:{id}"
                              on-change: refresh
                              query: "select title, ':x' from books where id = :id and price > :price -- :no"
                            f: { table: public.Mixed Case, key: "f:{Order.Id}:{line}" }
                            """), Map.of());

            assertThat(Checks.run(file, Set.of(Part.TABLES)).findings()).isEmpty();
        }
    }

    private static List<Finding> found(CheckReport report) {
        return report.findings().stream()
                .filter(finding -> finding.severity() != Severity.NOTE)
                .toList();
    }

    private static String cache(String table, String rest) {
        return "c:\n" + ("table: " + table + "\n" + rest).indent(2);
    }
}
