package dev.freshet.system.reads;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The rows behind a key, as an application reads them. */
final class Rows {

    private Rows() {}

    /** As the writer refreshes it, too. */
    record Book(int id, int shelf, long version) {}

    record Member(String name, long version) {}

    static Optional<Book> book(Connection connection, String key) throws SQLException {
        return books(connection, "id = " + name(key)).stream().findFirst();
    }

    static List<Book> shelf(Connection connection, String key) throws SQLException {
        return books(connection, "shelf = " + name(key));
    }

    static Optional<Member> member(Connection connection, String key) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT version FROM member WHERE name = '" + name(key) + "'")) {
            return row.next() ? Optional.of(new Member(name(key), row.getLong(1))) : Optional.empty();
        }
    }

    private static List<Book> books(Connection connection, String condition) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, shelf, version FROM book WHERE " + condition)) {
            List<Book> books = new ArrayList<>();
            while (rows.next()) {
                books.add(new Book(rows.getInt(1), rows.getInt(2), rows.getLong(3)));
            }
            return books;
        }
    }

    /** Now and then a load takes long after it has read: changes overtake it. */
    static void linger(Connection connection, RandomGenerator random) throws SQLException {
        if (random.nextInt(6) == 0) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_sleep(" + random.nextInt(200) / 1000.0 + ")");
            }
        }
    }

    static String told(Optional<Book> book) {
        return book.map(there -> told(List.of(there))).orElse("");
    }

    static String told(List<Book> books) {
        return books.stream()
                .map(book -> Shop.book(book.id()) + "=" + book.version())
                .collect(Collectors.joining(","));
    }

    static String toldMember(Optional<Member> member) {
        return member.map(there -> "member/" + there.name() + "=" + there.version())
                .orElse("");
    }

    private static String name(String key) {
        return key.substring(key.indexOf(':') + 1);
    }
}
