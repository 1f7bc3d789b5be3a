package dev.freshet.demo.shop;

import java.sql.SQLException;
import java.util.Optional;

/** The database did not do what it was asked. The message names the error's class only: PostgreSQL's own may hold row values. */
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String sqlState;

    public DatabaseException(SQLException cause) {
        super("the database failed with SQLSTATE " + stateOf(cause));
        this.sqlState = stateOf(cause);
    }

    String sqlState() {
        return sqlState;
    }

    private static String stateOf(SQLException cause) {
        return Optional.ofNullable(cause.getSQLState()).orElse("unknown");
    }
}
