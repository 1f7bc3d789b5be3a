package dev.freshet.cli.explain;

import java.util.Optional;

/**
 * A change: both images an update, only {@code after} an insert, only {@code before} a delete, none a truncate.
 *
 * @param table {@code schema.table}, as stored
 * @param before the row as it was, as a JSON object
 * @param after the row as it is; columns that it leaves out are as before
 */
public record Question(String table, Optional<String> before, Optional<String> after) {}
