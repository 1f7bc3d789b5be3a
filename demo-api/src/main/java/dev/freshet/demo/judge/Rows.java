package dev.freshet.demo.judge;

import java.sql.SQLException;
import java.util.Map;

/** What stands in PostgreSQL now. Thread-safe. */
@FunctionalInterface
interface Rows {

    /** Empty where there is no such book. */
    Map<Field, Long> now(long book) throws SQLException;
}
