package dev.freshet.system.oracle;

import java.util.Optional;

/** What a cache holds: a key, or one field of a hash. */
public record Entry(String key, Optional<String> field) {

    public static Entry ofKey(String key) {
        return new Entry(key, Optional.empty());
    }

    public static Entry ofField(String key, String field) {
        return new Entry(key, Optional.of(field));
    }

    @Override
    public String toString() {
        return field.map(name -> key + " » " + name).orElse(key);
    }
}
