package dev.freshet.demo;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * A generated catalogue: the same seed gives the same books. Immutable.
 *
 * @param blurbs the blurb of the book with the id of its place in the list, counted from one
 */
record CatalogueData(List<Author> authors, List<Book> books, List<String> blurbs) {

    private static final List<String> GIVEN = List.of(
            "Ada", "Bruno", "Chidi", "Dalia", "Emre", "Fenna", "Goran", "Hanae", "Ines", "Jorge", "Kaja", "Liam");
    private static final List<String> FAMILY = List.of(
            "Abara",
            "Brandt",
            "Castillo",
            "Dimitrov",
            "Eriksen",
            "Fontaine",
            "Greco",
            "Haddad",
            "Ito",
            "Jansen",
            "Kaya",
            "Lindqvist",
            "Moreau",
            "Novak",
            "Okafor",
            "Petrova",
            "Quiroga",
            "Rossi",
            "Sato",
            "Tanaka");
    private static final List<String> QUALITY = List.of(
            "Silent",
            "Crooked",
            "Last",
            "Borrowed",
            "Golden",
            "Hollow",
            "Northern",
            "Patient",
            "Restless",
            "Salt",
            "Second",
            "Unwritten",
            "Vanishing",
            "Winter");
    private static final List<String> THING = List.of(
            "Harbour",
            "Orchard",
            "Atlas",
            "Lantern",
            "River",
            "Letter",
            "Garden",
            "Machine",
            "Mountain",
            "Museum",
            "Notebook",
            "Railway",
            "Season",
            "Tide",
            "Window");
    private static final List<String> PLACE = List.of(
            "Lisbon", "the Delta", "Tromsø", "Kyoto", "the Plain", "Valparaíso", "the Island", "Zagreb", "the Moor");

    CatalogueData {
        authors = List.copyOf(authors);
        books = List.copyOf(books);
        blurbs = List.copyOf(blurbs);
    }

    static CatalogueData generate(long seed, int authorCount, int bookCount) {
        Random random = new Random(seed);
        List<Author> authors = new ArrayList<>();
        for (int id = 1; id <= authorCount; id++) {
            authors.add(new Author(id, pick(GIVEN, random) + " " + pick(FAMILY, random)));
        }
        List<Book> books = new ArrayList<>();
        for (int id = 1; id <= bookCount; id++) {
            String title = "The " + pick(QUALITY, random) + " " + pick(THING, random) + " of " + pick(PLACE, random);
            // Every author has a book; the rest fall where they fall.
            long author = id <= authorCount ? id : 1 + random.nextInt(authorCount);
            BigDecimal price = BigDecimal.valueOf(499 + random.nextInt(4500), 2);
            LocalDate published = LocalDate.of(1950, 1, 1).plusDays(random.nextInt(27_000));
            books.add(new Book(id, title, author, price, published));
        }
        List<String> blurbs = books.stream()
                .limit(40)
                .map(book -> "A " + pick(QUALITY, random).toLowerCase(Locale.ROOT) + " story. “" + book.title()
                        + "” will not let you sleep.")
                .toList();
        return new CatalogueData(authors, books, blurbs);
    }

    /** Creates the tables and fills them, in one transaction. */
    void store(DataSource database) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(Resources.text("schema.sql"));
            }
            copy(connection, "authors (id, name)", authors, author -> List.of(author.id(), author.name()));
            copy(
                    connection,
                    "books (id, title, author_id, price, published)",
                    books,
                    book -> List.of(book.id(), book.title(), book.authorId(), book.price(), book.published()));
            copy(
                    connection,
                    "blurbs (book_id, blurb)",
                    books.subList(0, blurbs.size()),
                    book -> List.of(book.id(), blurbs.get((int) book.id() - 1)));
            connection.commit();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** The generated texts hold no tab, newline or backslash, so nothing needs escaping. */
    private static <T> void copy(Connection connection, String target, List<T> rows, Function<T, List<Object>> cells)
            throws SQLException {
        String text = rows.stream()
                .map(row -> cells.apply(row).stream().map(Object::toString).collect(Collectors.joining("\t", "", "\n")))
                .collect(Collectors.joining());
        try {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy " + target + " from stdin", new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pick(List<String> words, Random random) {
        return words.get(random.nextInt(words.size()));
    }
}
