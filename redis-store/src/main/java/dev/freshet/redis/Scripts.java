package dev.freshet.redis;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The scripts that a store runs, by name. Immutable. */
final class Scripts {

    static final String INVALIDATE = "invalidate";
    static final String REMOVE = "remove";
    static final String STORE = "store";
    static final String FENCE_PATTERN = "fence_pattern";
    static final String PUBLISH_PATTERNS = "publish_patterns";
    static final String TAKE_BACK = "take_back";
    static final String FENCE_TAG = "fence_tag";
    static final String REMOVE_MEMBERS = "remove_members";
    static final String LEASE = "lease";
    static final String FILL = "fill";
    static final String RELEASE = "release";
    static final String DROP = "drop";
    static final String READ_PATTERNS = "read_patterns";
    static final String READ_MARKER = "read_marker";
    static final String MARK = "mark";
    static final String MOVE_WATERMARK = "move_watermark";

    private final Map<String, Script> byName;

    private Scripts(Map<String, Script> byName) {
        this.byName = byName;
    }

    /** The scripts as they were written. */
    static Scripts standard() {
        Map<String, Script> byName = new LinkedHashMap<>();
        Stream.of(
                        Script.load(INVALIDATE, Script.ALLOW_OOM, "server", "fence"),
                        Script.load(REMOVE, Script.ALLOW_OOM, "server", "fence", "entry"),
                        Script.load(STORE, Script.REFUSE_OOM, "server", "fence", "snapshot", "entry"),
                        Script.load(FENCE_PATTERN, Script.ALLOW_OOM, "server", "fence", "entry"),
                        Script.load(PUBLISH_PATTERNS, Script.ALLOW_OOM, "server"),
                        Script.load(TAKE_BACK, Script.ALLOW_OOM, "server", "snapshot"),
                        Script.load(FENCE_TAG, Script.ALLOW_OOM, "server", "fence"),
                        Script.load(REMOVE_MEMBERS, Script.ALLOW_OOM, "server"),
                        Script.load(LEASE, Script.REFUSE_OOM, "server"),
                        Script.load(FILL, Script.REFUSE_OOM, "server", "snapshot", "allows", "waiters", "tags"),
                        Script.load(RELEASE, Script.ALLOW_OOM, "server", "waiters"),
                        Script.load(DROP, Script.ALLOW_OOM, "server"),
                        Script.load(READ_PATTERNS, Script.ALLOW_OOM, "server"),
                        Script.load(READ_MARKER, Script.ALLOW_OOM, "server", "marker"),
                        Script.load(MARK, Script.ALLOW_OOM, "server", "marker"),
                        Script.load(MOVE_WATERMARK, Script.ALLOW_OOM, "server"))
                .forEach(script -> byName.put(script.name(), script));
        return new Scripts(byName);
    }

    /** The same with another script in place of the one of its name. */
    Scripts with(Script script) {
        Map<String, Script> changed = new LinkedHashMap<>(byName);
        changed.put(script.name(), script);
        return new Scripts(changed);
    }

    Script get(String name) {
        Script script = byName.get(name);
        if (script == null) {
            throw new IllegalArgumentException("there is no script " + name);
        }
        return script;
    }

    Collection<Script> all() {
        return byName.values();
    }
}
