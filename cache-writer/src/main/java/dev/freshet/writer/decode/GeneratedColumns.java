package dev.freshet.writer.decode;

import dev.freshet.model.Row;
import dev.freshet.model.TableShape;

/** Computes the columns that the change stream leaves out because the server generates them. */
@FunctionalInterface
public interface GeneratedColumns {

    /**
     * The row with every generated column of {@code shape} computed whose inputs the row tells; the others stay unknown.
     *
     * @throws dev.freshet.writer.catalogue.SourceUnavailableException where the source cannot be asked
     */
    Row complete(TableShape shape, Row row);
}
