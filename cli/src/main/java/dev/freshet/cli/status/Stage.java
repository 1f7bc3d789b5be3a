package dev.freshet.cli.status;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One part of the pipeline, judged. Immutable.
 *
 * @param summary for people, on one line
 * @param mend what to do about it; empty where nothing is wrong
 * @param figures by name, with the unit in the name: numbers, texts and booleans
 */
public record Stage(String name, State state, String summary, Optional<String> mend, Map<String, Object> figures) {

    /** How a part is. */
    public enum State {
        OK,
        /** Nothing can be said, and nothing is known to be wrong. */
        UNKNOWN,
        /** A threshold is broken. */
        BROKEN,
        /** The server does not answer. */
        AWAY
    }

    public Stage {
        figures = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    static Stage ok(String name, String summary, Map<String, Object> figures) {
        return new Stage(name, State.OK, summary, Optional.empty(), figures);
    }

    static Stage unknown(String name, String summary, Map<String, Object> figures) {
        return new Stage(name, State.UNKNOWN, summary, Optional.empty(), figures);
    }

    static Stage broken(String name, String summary, String mend, Map<String, Object> figures) {
        return new Stage(name, State.BROKEN, summary, Optional.of(mend), figures);
    }

    static Stage away(String name, String reason) {
        return new Stage(name, State.AWAY, reason, Optional.empty(), Map.of());
    }
}
