package dev.freshet.cli.explain;

import java.util.List;

/**
 * What a change would touch. Immutable.
 *
 * @param change its kind and table: {@code updated public.books}
 * @param effects in the order of the configuration
 * @param warnings what the answer does not rest on, for people
 */
public record Explanation(String change, List<Effect> effects, List<String> warnings) {

    public Explanation {
        effects = List.copyOf(effects);
        warnings = List.copyOf(warnings);
    }
}
