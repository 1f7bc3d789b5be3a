package dev.freshet.writer.decode;

import static dev.freshet.writer.Tables.BOOKS;
import static dev.freshet.writer.Tables.column;
import static dev.freshet.writer.Tables.full;
import static dev.freshet.writer.Tables.generated;
import static dev.freshet.writer.Tables.keyed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.TableShape;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ShapesTest {

    private static final TableShape OLD = keyed(BOOKS, column("id", "int8"));
    private static final TableShape NEW = keyed(BOOKS, column("id", "int8"), column("title", "text"));

    private Instant now = Instant.EPOCH;
    private Optional<TableShape> stored = Optional.of(OLD);
    private int asked;

    private final Shapes shapes = new Shapes(
            table -> {
                asked++;
                return stored;
            },
            () -> now);

    @Test
    void aShapeIsKeptWhileChangesHaveItsColumns() {
        shapes.of(BOOKS, Set.of("id"));
        now = now.plusSeconds(60);
        shapes.of(BOOKS, Set.of("id"));
        shapes.of(BOOKS, Set.of());
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void aColumnMoreOrLessIsReadAgainAtMostOnceASecond() {
        shapes.of(BOOKS, Set.of("id"));
        stored = Optional.of(NEW);
        assertThat(shapes.of(BOOKS, Set.of("id", "title"))).isEqualTo(OLD);
        now = now.plusMillis(1001);
        assertThat(shapes.of(BOOKS, Set.of("id", "title"))).isEqualTo(NEW);
        shapes.of(BOOKS, Set.of("id"));
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void aGeneratedColumnMayBeMissingFromAChange() {
        stored = Optional.of(keyed(BOOKS, column("id", "int8"), generated("slug", "text", "''::text")));
        shapes.of(BOOKS, Set.of("id"));
        now = now.plusSeconds(60);
        shapes.of(BOOKS, Set.of("id"));
        shapes.of(BOOKS, Set.of("id", "slug"));
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void aTableThatIsGoneHasNoColumns() {
        stored = Optional.empty();
        assertThat(shapes.of(BOOKS, Set.of("id")).columns()).isEmpty();
    }

    @Test
    void aRetypedColumnIsToldOnceSecondsAfterItsTableWasLastUsed() {
        shapes.of(BOOKS, Set.of("id"));
        stored = Optional.of(keyed(BOOKS, column("id", "text")));
        assertThat(shapes.redefined()).isEmpty();
        now = now.plusMillis(5001);
        assertThat(shapes.redefined()).containsExactly(BOOKS);
        assertThat(shapes.redefined()).isEmpty();
        assertThat(shapes.of(BOOKS, Set.of("id"))).isEqualTo(stored.get());
    }

    @Test
    void aRetypeThatIsFoundForItsNewColumnIsToldAsWell() {
        shapes.of(BOOKS, Set.of("id"));
        stored = Optional.of(keyed(BOOKS, column("id", "text"), column("title", "text")));
        now = now.plusMillis(1001);
        shapes.of(BOOKS, Set.of("id", "title"));
        assertThat(shapes.redefined()).containsExactly(BOOKS);
    }

    @Test
    void aNarrowedIdentityIsTold() {
        stored = Optional.of(full(BOOKS, column("id", "int8"), column("title", "text")));
        shapes.of(BOOKS, Set.of("id", "title"));
        stored = Optional.of(NEW);
        now = now.plusMillis(5001);
        assertThat(shapes.redefined()).containsExactly(BOOKS);
    }

    @Test
    void aColumnMoreIsNoRedefinitionAlsoWhereAllAreInTheIdentity() {
        stored = Optional.of(full(BOOKS, column("id", "int8")));
        shapes.of(BOOKS, Set.of("id"));
        stored = Optional.of(full(BOOKS, column("id", "int8"), column("title", "text")));
        now = now.plusMillis(5001);
        assertThat(shapes.redefined()).isEmpty();
    }

    @Test
    void whatWasNotUsedSinceIsNotAskedForAgain() {
        shapes.of(BOOKS, Set.of("id"));
        for (int i = 0; i < 10; i++) {
            now = now.plusSeconds(60);
            shapes.redefined();
        }
        assertThat(asked).isEqualTo(2);
    }
}
