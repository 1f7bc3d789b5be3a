package dev.freshet.writer.decode;

import dev.freshet.model.RowChange;
import dev.freshet.model.TableShape;

/** What a record holds. */
public sealed interface Decoded {

    /**
     * A row change.
     *
     * @param shape the table as the decoder understood it
     */
    record Change(RowChange change, TableShape shape) implements Decoded {}

    /** Nothing that a cache could depend on: a tombstone, a message, a table that no mapping names. */
    record Nothing() implements Decoded {}

    Decoded NOTHING = new Nothing();
}
