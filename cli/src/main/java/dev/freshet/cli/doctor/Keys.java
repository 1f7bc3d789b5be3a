package dev.freshet.cli.doctor;

import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.Cell;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.Row;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that a mapping's changes reach. Immutable.
 *
 * @param glob matches all of them
 * @param sample one of them; empty where a glob has parts that no sample is made of
 * @param rendered whether they are made of columns, rather than named by a pattern
 */
record Keys(String glob, Optional<String> sample, boolean rendered) {

    static Keys of(Target target) {
        if (target instanceof Target.Key key) {
            return of(key.key());
        } else if (target instanceof Target.Field field) {
            return of(field.key());
        } else if (target instanceof Target.Match match) {
            return ofGlob(match.glob());
        }
        return ofGlob(((Target.Tag) target).members());
    }

    static Keys of(KeyTemplate template) {
        Map<String, Cell> ones = new HashMap<>();
        template.columns().forEach(column -> ones.put(column, Cell.text("1")));
        Optional<String> sample = template.render(Row.of(ones)) instanceof KeyTemplate.Rendered.Key key
                ? Optional.of(key.key())
                : Optional.empty();
        return new Keys(template.scan(Row.of(Map.of()), column -> ".*").glob(), sample, true);
    }

    private static Keys ofGlob(String glob) {
        boolean plain = glob.indexOf('[') < 0 && glob.indexOf('\\') < 0;
        return new Keys(glob, plain ? Optional.of(glob.replace('*', '1').replace('?', '1')) : Optional.empty(), false);
    }

    /** Whether both are made of columns, in the same way. */
    boolean sameAs(Keys other) {
        return rendered && other.rendered && glob.equals(other.glob);
    }

    /** Whether what reaches these keys reaches the other's too. */
    boolean cover(Keys other) {
        if (glob.equals(other.glob)) {
            return true;
        }
        // A pattern that ends in its only wildcard: the usual one, and the only one that is decided for sure.
        int star = glob.indexOf('*');
        return !rendered
                && star == glob.length() - 1
                && glob.indexOf('?') < 0
                && glob.indexOf('[') < 0
                && glob.indexOf('\\') < 0
                && other.glob.startsWith(glob.substring(0, star));
    }
}
