package dev.freshet.model.config;

import java.util.List;
import java.util.Map;

/** A part of a YAML document, with the line where it stands. */
sealed interface Node {

    int line();

    /** For messages: what this is. */
    String kind();

    /** A value as it is written, whatever type YAML sees in it. */
    record Scalar(int line, String text) implements Node {
        @Override
        public String kind() {
            return "a single value";
        }

        @Override
        public String toString() {
            return "Scalar"; // it may be a password
        }
    }

    /** A name with nothing behind it, {@code ~} or {@code null}. */
    record Nothing(int line) implements Node {
        @Override
        public String kind() {
            return "nothing";
        }
    }

    record Sequence(int line, List<Node> items) implements Node {
        @Override
        public String kind() {
            return "a list";
        }
    }

    record Mapping(int line, Map<String, Entry> entries) implements Node {
        @Override
        public String kind() {
            return "a group of names";
        }
    }

    /** @param line where the name stands */
    record Entry(int line, Node value) {}
}
