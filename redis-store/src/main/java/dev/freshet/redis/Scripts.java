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

    // For a cluster, where one call names keys of one slot.
    static final String CHECK = "check";
    static final String FILE_TAG = "file_tag";
    static final String TAKE = "take";
    static final String LEASED_STORE = "leased_store";
    static final String PATTERN_ENTRY = "pattern_entry";
    static final String LEAVE = "leave";
    static final String REPLACE_PATTERNS = "replace_patterns";
    static final String RAISE_VERSION = "raise_version";
    static final String FORGET_MEMBERS = "forget_members";
    static final String ADD_MARKER = "add_marker";

    private final Map<String, Script> byName;
    private final Map<String, Script> ofClusters;

    private Scripts(Map<String, Script> byName, Map<String, Script> ofClusters) {
        this.byName = byName;
        this.ofClusters = ofClusters;
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
        return new Scripts(byName, ofClusters());
    }

    private static Map<String, Script> ofClusters() {
        Map<String, Script> byName = new LinkedHashMap<>();
        Stream.of(
                        Script.load(CHECK, Script.ALLOW_OOM, "server", "snapshot", "allows"),
                        Script.load(FILE_TAG, Script.REFUSE_OOM, "server", "tags"),
                        Script.load(TAKE, Script.ALLOW_OOM, "server"),
                        Script.load(STORE, Script.REFUSE_OOM, "server", "fence", "snapshot", "entry", "leased")
                                .named(LEASED_STORE),
                        Script.load(PATTERN_ENTRY, Script.ALLOW_OOM, "server", "entry"),
                        Script.load(LEAVE, Script.ALLOW_OOM, "server", "entry"),
                        Script.load(REPLACE_PATTERNS, Script.ALLOW_OOM, "server"),
                        Script.load(RAISE_VERSION, Script.ALLOW_OOM, "server"),
                        Script.load(FORGET_MEMBERS, Script.ALLOW_OOM, "server"),
                        Script.load(ADD_MARKER, Script.ALLOW_OOM, "server", "marker"))
                .forEach(script -> byName.put(script.name(), script));
        return byName;
    }

    /** The same with another script in place of the one of its name. */
    Scripts with(Script script) {
        Map<String, Script> changed = new LinkedHashMap<>(byName);
        Map<String, Script> changedOfClusters = new LinkedHashMap<>(ofClusters);
        (ofClusters.containsKey(script.name()) ? changedOfClusters : changed).put(script.name(), script);
        return new Scripts(changed, changedOfClusters);
    }

    Script get(String name) {
        Script script = byName.getOrDefault(name, ofClusters.get(name));
        if (script == null) {
            throw new IllegalArgumentException("there is no script " + name);
        }
        return script;
    }

    /** Those that one server runs. */
    Collection<Script> all() {
        return byName.values();
    }
}
