package dev.freshet.model;

import java.util.stream.Stream;

/** One committed insert, update, delete or truncate, with its images. Immutable. */
public sealed interface RowChange {

    TableId table();

    Origin origin();

    /** The images that this change holds: what the row was, what the row is. None for a truncate. */
    Stream<Row> images();

    record Inserted(TableId table, Origin origin, Row after) implements RowChange {
        @Override
        public Stream<Row> images() {
            return Stream.of(after);
        }
    }

    record Updated(TableId table, Origin origin, Row before, Row after) implements RowChange {
        @Override
        public Stream<Row> images() {
            return Stream.of(before, after);
        }
    }

    record Deleted(TableId table, Origin origin, Row before) implements RowChange {
        @Override
        public Stream<Row> images() {
            return Stream.of(before);
        }
    }

    record Truncated(TableId table, Origin origin) implements RowChange {
        @Override
        public Stream<Row> images() {
            return Stream.empty();
        }
    }
}
