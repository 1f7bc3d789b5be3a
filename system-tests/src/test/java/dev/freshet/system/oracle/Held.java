package dev.freshet.system.oracle;

import java.util.Map;

/** What a cache holds at an entry. */
public sealed interface Held {

    record Text(String text) implements Held {}

    record Hash(Map<String, String> fields) implements Held {
        public Hash {
            fields = Map.copyOf(fields);
        }
    }
}
