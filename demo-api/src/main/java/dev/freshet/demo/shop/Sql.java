package dev.freshet.demo.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Statements with parameters, each on a connection of its own and in a transaction of its own. Thread-safe. Fails with {@link
 * DatabaseException}, or with {@link UnknownRowException} where a foreign key refuses what is written.
 */
final class Sql {

    private static final String FOREIGN_KEY_VIOLATION = "23503";

    private final DataSource database;

    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    Sql(DataSource database) {
        this.database = database;
    }

    <T> List<T> rows(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(reader.read(found));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        return rows(sql, reader, parameters).stream().findFirst();
    }

    /** PostgreSQL names such a constraint {@code <table>_<column>_fkey}. */
    private static RuntimeException failure(SQLException e) {
        if (FOREIGN_KEY_VIOLATION.equals(e.getSQLState()) && e instanceof PSQLException told) {
            Optional<ServerErrorMessage> message = Optional.ofNullable(told.getServerErrorMessage());
            Optional<String> table = message.map(ServerErrorMessage::getTable);
            Optional<String> constraint = message.map(ServerErrorMessage::getConstraint);
            if (table.isPresent() && constraint.isPresent()) {
                return new UnknownRowException(constraint
                        .get()
                        .replaceFirst("^" + table.get() + "_", "")
                        .replaceFirst("_fkey$", ""));
            }
        }
        return new DatabaseException(e);
    }
}
