package dev.freshet.redis;

import dev.freshet.model.Position;
import java.time.Duration;
import java.util.Locale;

/**
 * The names and forms of what Freshet keeps in Redis beside the values, for operators, tests and other clients. All of it
 * stands under {@link #PREFIX}; what belongs to one key hashes to that key's own cluster slot. Keys are text in UTF-8.
 * Pure functions, thread-safe.
 *
 * <table>
 * <caption>Auxiliary keys</caption>
 * <tr><td>{@code freshet:fence:{tag}:<key>}</td><td>sorted set: score and member are transaction ids, beside them at
 * score +inf perhaps {@code floor:<id>} and {@code all:<ms>}</td></tr>
 * <tr><td>{@code freshet:lease:{tag}:<key>}</td><td>string: the token of the reader that may fill</td></tr>
 * <tr><td>{@code freshet:waiters:{tag}:<key>}</td><td>set: the channels of processes that wait for the lease's holder; a
 * message there is 1 or 0, whether there is a value to be read, and the key</td></tr>
 * <tr><td>{@code freshet:entry:{tag}:<key>}</td><td>hash: {@code p} the newest position applied, {@code s} the snapshot
 * of the fill that wrote the value, {@code u} until when (ms) positions here are in doubt</td></tr>
 * <tr><td>{@code freshet:field:{tag}:<length>:<key>:<field>}</td><td>the same of one field of a hash; the length is the
 * key's, in bytes, so that no two pairs share a name</td></tr>
 * <tr><td>{@code freshet:pattern:<glob>}</td><td>as a fence, for every key that matches</td></tr>
 * <tr><td>{@code freshet:pattern-entry:<glob>}</td><td>hash: {@code p} and {@code u}, as of an entry</td></tr>
 * <tr><td>{@code freshet:tag:<tag>}</td><td>sorted set: the keys filed under the tag; the score is when (ms) a key's value
 * and any lease beside it have ended</td></tr>
 * <tr><td>{@code freshet:tag-fence:<tag>}</td><td>as a fence, for every key that is filed under the tag</td></tr>
 * <tr><td>{@code freshet:patterns:<pipeline>}</td><td>hash: cache name to glob</td></tr>
 * <tr><td>{@code freshet:unfenced:<pipeline>}</td><td>the same of caches with {@code safe-fills: false}, which no reader
 * may fill</td></tr>
 * <tr><td>{@code freshet:patterns}</td><td>hash: {@code version}, another whenever a pipeline publishes its patterns, and
 * {@code pipeline:<pipeline>} of each that did, with its fence window in ms</td></tr>
 * <tr><td>{@code freshet:marker:<pipeline>}</td><td>hash: by topic and partition how far the writer has come, and what else
 * it needs to find out whether Redis has lost writes</td></tr>
 * <tr><td>{@code freshet:watermark:<pipeline>}</td><td>hash: {@code source_ts_us}, before which every change is applied, in
 * microseconds since 1970 by the source's clock; {@code system}, {@code timeline} and {@code lsn}, the same as a position in
 * its log</td></tr>
 * <tr><td>{@code freshet:marker:{anchor}:<pipeline>}, {@code freshet:watermark:{anchor}:<pipeline>}</td><td>the same on a
 * cluster, once on each primary: the anchor is a short text of its highest slot</td></tr>
 * <tr><td>{@code freshet:wake:<process>}</td><td>no key but the channel that a waiting process listens on</td></tr>
 * <tr><td>{@code freshet:warm:<pipeline>}</td><td>hash: cache name to how far {@code freshet warm} has come</td></tr>
 * </table>
 */
public final class RedisLayout {

    public static final String PREFIX = "freshet:";

    /** How many members a fence holds before its lowest ids fold into a floor. */
    public static final int FENCE_BOUND = 64;

    private RedisLayout() {}

    public static String fence(String key) {
        return name("fence", key);
    }

    public static String lease(String key) {
        return name("lease", key);
    }

    public static String entry(String key) {
        return name("entry", key);
    }

    public static String waiters(String key) {
        return name("waiters", key);
    }

    public static String tag(String tag) {
        return PREFIX + "tag:" + tag;
    }

    public static String tagFence(String tag) {
        return PREFIX + "tag-fence:" + tag;
    }

    public static String fieldEntry(String key, String field) {
        return PREFIX + "field:{" + SlotTag.of(key) + "}:" + Utf8.encode(key).length + ":" + key + ":" + field;
    }

    public static String patternFence(String glob) {
        return PREFIX + "pattern:" + glob;
    }

    public static String patternEntry(String glob) {
        return PREFIX + "pattern-entry:" + glob;
    }

    public static String patterns(String pipeline) {
        return PREFIX + "patterns:" + pipeline;
    }

    public static String unfencedPatterns(String pipeline) {
        return PREFIX + "unfenced:" + pipeline;
    }

    public static String warm(String pipeline) {
        return PREFIX + "warm:" + pipeline;
    }

    public static String patternsIndex() {
        return PREFIX + "patterns";
    }

    public static String marker(String pipeline) {
        return PREFIX + "marker:" + pipeline;
    }

    /**
     * Of a cluster, where each primary has a marker of its own.
     *
     * @param slot the primary's highest
     */
    public static String marker(int slot, String pipeline) {
        return PREFIX + "marker:{" + SlotTag.ofSlot(slot) + "}:" + pipeline;
    }

    public static String wakeChannel(String process) {
        return PREFIX + "wake:" + process;
    }

    public static String watermark(String pipeline) {
        return PREFIX + "watermark:" + pipeline;
    }

    /** Of a cluster, where it stands beside each primary's marker. */
    public static String watermark(int slot, String pipeline) {
        return PREFIX + "watermark:{" + SlotTag.ofSlot(slot) + "}:" + pipeline;
    }

    /**
     * How long an entry lives after its last change: twice the window. Refreshes are sent for changes younger than one
     * window; the second covers clocks that differ and commands that wait.
     */
    public static Duration entryLife(Duration window) {
        return window.multipliedBy(2);
    }

    /** A position as 48 hexadecimal digits: epoch, previous commit, change. Their order as text is that of positions. */
    public static String position(Position position) {
        if (position.epoch() < 0) {
            throw new IllegalArgumentException("a position's epoch is never negative: " + position.epoch());
        }
        return String.format(
                Locale.ROOT,
                "%016x%016x%016x",
                position.epoch(),
                position.previousCommit().value(),
                position.change().value());
    }

    private static String name(String kind, String key) {
        return PREFIX + kind + ":{" + SlotTag.of(key) + "}:" + key;
    }
}
