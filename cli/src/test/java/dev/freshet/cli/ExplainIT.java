package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainIT {

    private static final String CACHES = """
            book: { table: public.books, key: "book:{id}" }
            author: { table: public.books, key: "author:{author_id}:books" }
            price: { table: public.books, key: "prices", field: "{id}", columns: [price] }
            card: { table: public.books, key: "card:{id}", on-change: refresh, value: { columns: [id, title] } }
            sum: { table: public.books, key: "sum:{author_id}", on-change: refresh, query: "select count(*) from books" }
            lists: { table: public.books, match: "books:list:*", when: "row.price > 10.0" }
            slug: { table: public.books, key: "slug:{slug}" }
            shelf: { table: public.books, tag: "author:{author_id}", members: "shelf:*" }
            """;

    @TempDir
    private Path directory = Path.of("");

    private final TestDatabase database = TestDatabase.create();

    @BeforeEach
    void layOut() {
        database.run(
                "CREATE TABLE books (id bigint PRIMARY KEY, title text, author_id int, price numeric(10,2),"
                        + " slug text GENERATED ALWAYS AS (lower(title)) STORED)",
                "ALTER TABLE books REPLICA IDENTITY FULL");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void anUpdateTouchesTheKeysOfBothImages() {
        CommandRun run = explain(
                "--before",
                "{\"id\": \"07\", \"title\": \"A\", \"author_id\": 1, \"price\": 9.9}",
                "--after",
                "{\"author_id\": 2}");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "updated public.books",
                        "  book  delete book:7  (before and after)",
                        "  author  delete author:1:books  (before)",
                        "  author  delete author:2:books  (after)",
                        "  price  nothing: none of the mapping's columns changed",
                        "  price  note: column price did not change",
                        "  card  refresh card:7  (before and after)",
                        "  sum  refresh by query sum:1  (before)",
                        "  sum  refresh by query sum:2  (after)",
                        "  lists  nothing: the mapping's when is false on every image",
                        "  lists  note: when is false on the before image",
                        "  lists  note: when is false on the after image",
                        "  slug  delete slug:a  (before and after)",
                        "  shelf  delete tag author:1  (before)",
                        "  shelf  delete tag author:2  (after)");
    }

    @Test
    void anInsertWithANullColumnMakesNoKeyThere() {
        CommandRun run = explain("--after", "{\"id\": 7, \"title\": \"B\", \"author_id\": null, \"price\": 12}");

        assertThat(run.out().lines())
                .contains(
                        "inserted public.books",
                        "  author  nothing: no image makes a key",
                        "  author  note: column author_id is null in an image: no key there",
                        "  price  delete prices field 7  (after)",
                        "  lists  delete all that match books:list:*",
                        "  shelf  nothing: no image makes a tag",
                        "  shelf  note: column author_id is null in an image: no tag there");
    }

    @Test
    void aTruncateTouchesEveryKeyOfTheTemplates() {
        assertThat(explain().out().lines())
                .contains(
                        "truncated public.books",
                        "  book  delete all that match book:*",
                        "  price  delete all that match prices field *",
                        "  shelf  delete all that match shelf:*");
    }

    @Test
    void anOldValueOutsideTheReplicaIdentityIsNotKnown() {
        database.run("ALTER TABLE books REPLICA IDENTITY DEFAULT");

        CommandRun run = explain("--before", "{\"id\": 7, \"author_id\": 1}");

        assertThat(run.err()).contains("column author_id of the old row is outside the replica identity");
        assertThat(run.out().lines())
                .contains(
                        "deleted public.books",
                        "  book  delete book:7  (before)",
                        "  author  delete all that match author:*:books",
                        "  shelf  delete all that match shelf:*",
                        "  shelf  note: an image does not tell every column of author:{author_id}: all that match go");
    }

    @Test
    void aColumnOrValueThatDoesNotFitIsAUsageError() {
        CommandRun column = explain("--after", "{\"idd\": 7}");
        CommandRun value = explain("--after", "{\"id\": \"seven\"}");

        assertThat(column.code()).isEqualTo(2);
        assertThat(column.err()).contains("--after: 'public.books' has no column 'idd'; did you mean 'id'?");
        assertThat(value.code()).isEqualTo(2);
        assertThat(value.err()).contains("--after: column 'id'");
    }

    private CommandRun explain(String... images) {
        List<String> arguments = new ArrayList<>(List.of(
                "explain",
                "--config",
                CommandRun.file(directory, database.yaml(CACHES)).toString(),
                "--table",
                "public.books"));
        arguments.addAll(List.of(images));
        return CommandRun.of(Map.of(), arguments.toArray(String[]::new));
    }
}
