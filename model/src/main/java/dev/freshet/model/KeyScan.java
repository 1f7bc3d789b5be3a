package dev.freshet.model;

import java.util.regex.Pattern;

/**
 * A set of keys to look for: what SCAN is asked for, and what a found key must match besides.
 *
 * @param glob a Redis glob; may match more than is meant, never less
 * @param exact the whole key must match it
 */
public record KeyScan(String glob, Pattern exact) {

    public static KeyScan ofGlob(String glob) {
        return new KeyScan(glob, Pattern.compile(".*", Pattern.DOTALL));
    }

    /** Whether the key is meant; in doubt, where to find out would take too long, it is. */
    public boolean matches(String key) {
        return BoundedMatch.matches(exact, key);
    }

    /** By glob and expression: {@link Pattern} itself has no equality. */
    @Override
    public boolean equals(Object other) {
        return other instanceof KeyScan that
                && glob.equals(that.glob)
                && exact.pattern().equals(that.exact.pattern());
    }

    @Override
    public int hashCode() {
        return glob.hashCode() * 31 + exact.pattern().hashCode();
    }
}
