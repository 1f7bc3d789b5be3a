package dev.freshet.model;

/** One column of a row image. */
public sealed interface Cell {

    /** A value, as {@code column::text} prints it with time zone UTC and ISO dates, and how JSON writes it. */
    record Known(String text, Kind kind) implements Cell {
        @Override
        public String toString() {
            return "Known[" + kind + "]"; // a value never reaches a log
        }
    }

    /** SQL null. */
    record Null() implements Cell {}

    /** Not in the image: outside the replica identity, or an unchanged value that the log left out. Not null. */
    record Unknown() implements Cell {}

    /** How a value is written in JSON and seen by a {@code when} expression. */
    enum Kind {
        /** Any type that is none of the others; a JSON string. */
        TEXT,
        /** smallint, integer, bigint; a JSON number. */
        INTEGER,
        /** numeric and floating point; a JSON number, where it is one (not NaN, not infinite). */
        DECIMAL,
        /** true or false. */
        BOOLEAN,
        /** json and jsonb; written as it stands. */
        JSON
    }

    Cell NULL = new Null();
    Cell UNKNOWN = new Unknown();

    static Cell known(String text, Kind kind) {
        return new Known(text, kind);
    }

    static Cell text(String text) {
        return new Known(text, Kind.TEXT);
    }
}
