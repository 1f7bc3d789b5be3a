package dev.freshet.redis;

import dev.freshet.model.Snapshot;
import dev.freshet.model.Watermark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** Writes commands as the scripts read them. Immutable, thread-safe. */
final class CommandScripts {

    private final Scripts scripts;
    private final long window;
    private final long life;

    CommandScripts(Scripts scripts, Duration window) {
        this.scripts = scripts;
        this.window = window.toMillis();
        this.life = RedisLayout.entryLife(window).toMillis();
    }

    /** Whole keys, fenced and not guarded. */
    ScriptCall invalidate(List<KeyCommand.Invalidate> commands) {
        ScriptCall call = new ScriptCall(scripts.get(Scripts.INVALIDATE)).argument(window);
        commands.forEach(command -> call.key(command.key()));
        commands.forEach(command -> call.key(RedisLayout.lease(command.key())));
        for (KeyCommand.Invalidate command : commands) {
            call.key(RedisLayout.fence(command.key())).argument(ids(command.fence()));
        }
        return call;
    }

    ScriptCall remove(List<KeyCommand.Invalidate> commands) {
        ScriptCall call =
                new ScriptCall(scripts.get(Scripts.REMOVE)).argument(window).argument(life);
        for (KeyCommand.Invalidate command : commands) {
            keys(call, command)
                    .argument((command.field().isPresent() ? "f" : "") + (command.guard() ? "g" : ""))
                    .argument(ids(command.fence()))
                    .argument(command.position().map(RedisLayout::position).orElse(""))
                    .argument(command.field().orElse(""));
        }
        return call;
    }

    ScriptCall emptyStore() {
        return new ScriptCall(scripts.get(Scripts.STORE)).argument(window).argument(life);
    }

    void add(ScriptCall call, KeyCommand.Store command) {
        add(call, command, command.patterns());
    }

    private static void add(ScriptCall call, KeyCommand.Store command, List<String> patterns) {
        keys(call, command).key(RedisLayout.entry(command.key()));
        patterns.forEach(glob -> call.key(RedisLayout.patternEntry(glob)));
        List<String> payload = new ArrayList<>(payload(command.value()));
        command.field().ifPresent(field -> payload.add(0, field));
        call.argument(kind(command))
                .argument(ids(command.fence()))
                .argument(RedisLayout.position(command.position()))
                .argument(ttl(command.ttl()))
                .argument(patterns.size())
                .argument(payload.size());
        payload.forEach(call::argument);
    }

    ScriptCall fencePattern(String glob, Fence fence, String position) {
        return new ScriptCall(scripts.get(Scripts.FENCE_PATTERN))
                .key(RedisLayout.patternFence(glob))
                .key(RedisLayout.patternEntry(glob))
                .argument(window)
                .argument(life)
                .argument(ids(fence))
                .argument(position);
    }

    /** Leaves a fence at the key of one, of a pattern or of a tag. */
    ScriptCall fence(String key, Fence fence) {
        return fenceAt(key, ids(fence));
    }

    /** Of a cluster: the half of {@link #fencePattern} that leaves the position. */
    ScriptCall leavePosition(String glob, String position) {
        return new ScriptCall(scripts.get(Scripts.LEAVE))
                .key(RedisLayout.patternEntry(glob))
                .argument(life)
                .argument(position);
    }

    /** Of a cluster. */
    ScriptCall patternEntry(String glob) {
        return new ScriptCall(scripts.get(Scripts.PATTERN_ENTRY)).key(RedisLayout.patternEntry(glob));
    }

    /** Of a cluster: takes the keys' leases for a refresh. */
    ScriptCall take(List<KeyCommand.Store> commands, String token, Duration most) {
        ScriptCall call =
                new ScriptCall(scripts.get(Scripts.TAKE)).argument(token).argument(most.toMillis());
        commands.stream().map(KeyCommand::key).distinct().forEach(key -> call.key(RedisLayout.lease(key)));
        return call;
    }

    /**
     * Of a cluster: stores where the leases stand, and removes otherwise.
     *
     * @param commands whose patterns' entries were looked at since the leases were taken
     */
    ScriptCall leasedStore(List<KeyCommand.Store> commands, String token) {
        ScriptCall call = new ScriptCall(scripts.get(Scripts.LEASED_STORE))
                .argument(window)
                .argument(life);
        commands.forEach(command -> add(call, command, List.of()));
        return call.argument(token);
    }

    /** Of a cluster: whether the fence lets the snapshot pass. Only what is asked while the lease stands counts. */
    ScriptCall check(String fence, Snapshot snapshot) {
        return new ScriptCall(scripts.get(Scripts.CHECK)).key(fence).argument(snapshot.toString());
    }

    /**
     * Of a cluster, in this order.
     *
     * @param hashes first, in any order
     * @param version then
     */
    record Publication(List<ScriptCall> hashes, ScriptCall version) {}

    Publication publication(String pipeline, Map<String, String> fenced, Map<String, String> unfenced) {
        return new Publication(
                List.of(
                        patterns(RedisLayout.patterns(pipeline), fenced),
                        patterns(RedisLayout.unfencedPatterns(pipeline), unfenced)),
                new ScriptCall(scripts.get(Scripts.RAISE_VERSION))
                        .key(RedisLayout.patternsIndex())
                        .argument(pipeline)
                        .argument(window));
    }

    private ScriptCall patterns(String key, Map<String, String> globs) {
        ScriptCall call = new ScriptCall(scripts.get(Scripts.REPLACE_PATTERNS)).key(key);
        globs.forEach((cache, glob) -> call.argument(cache).argument(glob));
        return call;
    }

    ScriptCall publishPatterns(String pipeline, Map<String, String> fenced, Map<String, String> unfenced) {
        ScriptCall call = new ScriptCall(scripts.get(Scripts.PUBLISH_PATTERNS))
                .key(RedisLayout.patterns(pipeline))
                .key(RedisLayout.unfencedPatterns(pipeline))
                .key(RedisLayout.patternsIndex())
                .argument(pipeline)
                .argument(fenced.size())
                .argument(window);
        fenced.forEach((cache, glob) -> call.argument(cache).argument(glob));
        unfenced.forEach((cache, glob) -> call.argument(cache).argument(glob));
        return call;
    }

    ScriptCall readPatterns() {
        return new ScriptCall(scripts.get(Scripts.READ_PATTERNS))
                .key(RedisLayout.patternsIndex())
                .argument(RedisLayout.patterns(""))
                .argument(RedisLayout.unfencedPatterns(""));
    }

    ScriptCall readMarker(String key) {
        return new ScriptCall(scripts.get(Scripts.READ_MARKER)).key(key);
    }

    /** @param key of the marker */
    ScriptCall mark(String key, Marker expected, Map<String, String> fields) {
        ScriptCall call = new ScriptCall(scripts.get(Scripts.MARK)).key(key).argument(expected.server());
        fields.forEach((field, value) -> call.argument(field)
                .argument(expected.fields().getOrDefault(field, ""))
                .argument(value));
        return call;
    }

    /** Of a cluster: a marker's first fields, on a primary that has none. */
    ScriptCall addMarker(String key, String server, Map<String, String> fields) {
        ScriptCall call =
                new ScriptCall(scripts.get(Scripts.ADD_MARKER)).key(key).argument(server);
        fields.forEach((field, value) -> call.argument(field).argument(value));
        return call;
    }

    /**
     * @param watermark its key
     * @param marker the key of the one beside it
     */
    ScriptCall moveWatermark(String watermark, String marker, Watermark to, Map<String, Long> applied) {
        ScriptCall call = new ScriptCall(scripts.get(Scripts.MOVE_WATERMARK))
                .key(watermark)
                .key(marker);
        StoredWatermark.fields(to).forEach(call::argument);
        applied.forEach((field, offset) -> call.argument(field).argument(offset));
        return call;
    }

    /** @param keys whole keys; their entries tell who wrote them */
    ScriptCall takeBack(List<String> keys, Fence fence) {
        ScriptCall call = new ScriptCall(scripts.get(Scripts.TAKE_BACK)).argument(ids(fence));
        keys.forEach(call::key);
        keys.forEach(key -> call.key(RedisLayout.entry(key)));
        return call;
    }

    ScriptCall fenceTag(String tag, Fence fence) {
        return fenceAt(RedisLayout.tagFence(tag), ids(fence));
    }

    /** Refuses every snapshot whose xmin is not above the id. */
    ScriptCall fenceTag(String tag, long floor) {
        return fenceAt(RedisLayout.tagFence(tag), "<" + floor);
    }

    private ScriptCall fenceAt(String key, String ids) {
        return new ScriptCall(scripts.get(Scripts.FENCE_TAG))
                .key(key)
                .argument(window)
                .argument(ids);
    }

    /** @param members as Redis gave them; one that is no text was never leased or filled by a client that keeps entries */
    ScriptCall removeMembers(String tag, List<byte[]> members) {
        List<String> keys = members.stream().map(Utf8::decode).toList();
        ScriptCall call = new ScriptCall(scripts.get(Scripts.REMOVE_MEMBERS)).key(RedisLayout.tag(tag));
        members.forEach(call::key);
        keys.forEach(key -> call.key(RedisLayout.lease(key)));
        keys.forEach(key -> call.key(RedisLayout.entry(key)));
        return call;
    }

    /** Of a cluster: the half of {@link #removeMembers} that concerns the tag. */
    ScriptCall forgetMembers(String tag, int atMost) {
        return new ScriptCall(scripts.get(Scripts.FORGET_MEMBERS))
                .key(RedisLayout.tag(tag))
                .argument(atMost);
    }

    /** @param channel to be woken by; empty for none */
    ScriptCall lease(String key, String token, Duration life, String channel, Duration waiting) {
        return new ScriptCall(scripts.get(Scripts.LEASE))
                .key(key)
                .key(RedisLayout.lease(key))
                .key(RedisLayout.waiters(key))
                .argument(token)
                .argument(Math.max(1, life.toMillis()))
                .argument(channel)
                .argument(Math.max(1, waiting.toMillis()));
    }

    /**
     * @param version of the published patterns, where they are to be the newest; empty otherwise
     * @param lease the longest that a lease lives; counts only where there are tags
     */
    ScriptCall fill(
            String key,
            String token,
            Snapshot snapshot,
            Optional<Duration> ttl,
            List<String> patterns,
            List<String> tags,
            String version,
            Duration lease,
            KeyCommand.Value value) {
        ScriptCall call = fillHead(
                        key, token, snapshot, value instanceof KeyCommand.Value.Hash ? "h" : "t", ttl, patterns, tags)
                .argument(version)
                .argument(lease.toMillis());
        payload(value).forEach(call::argument);
        return call;
    }

    ScriptCall fill(
            String key,
            String token,
            Snapshot snapshot,
            Duration ttl,
            List<String> patterns,
            List<String> tags,
            String version,
            Duration lease,
            byte[] value) {
        return fillHead(key, token, snapshot, "t", Optional.of(ttl), patterns, tags)
                .argument(version)
                .argument(lease.toMillis())
                .argument(value);
    }

    /** Of a cluster: files a key under a tag, whose set stands in a slot of its own. */
    ScriptCall fileTag(String tag, String key, Duration life) {
        return new ScriptCall(scripts.get(Scripts.FILE_TAG))
                .key(RedisLayout.tag(tag))
                .argument(key)
                .argument(life.toMillis());
    }

    /**
     * Of a cluster: fills if the lease stands and the key's own fence lets it. Fences and patterns of other slots were looked
     * at before, while the lease stood, and the key was filed under its tags.
     */
    ScriptCall checkedFill(
            String key, String token, Snapshot snapshot, Optional<Duration> ttl, KeyCommand.Value value) {
        ScriptCall call =
                checkedFillHead(key, token, snapshot, value instanceof KeyCommand.Value.Hash ? "h" : "t", ttl);
        payload(value).forEach(call::argument);
        return call;
    }

    /** The same of bytes. */
    ScriptCall checkedFill(String key, String token, Snapshot snapshot, Duration ttl, byte[] value) {
        return checkedFillHead(key, token, snapshot, "t", Optional.of(ttl)).argument(value);
    }

    private ScriptCall checkedFillHead(
            String key, String token, Snapshot snapshot, String kind, Optional<Duration> ttl) {
        // Without a version the index is not looked at; any key of the slot may stand in its place.
        return fillHead(key, RedisLayout.lease(key), token, snapshot, kind, ttl, List.of(), List.of())
                .argument("")
                .argument(0);
    }

    private ScriptCall fillHead(
            String key,
            String token,
            Snapshot snapshot,
            String kind,
            Optional<Duration> ttl,
            List<String> patterns,
            List<String> tags) {
        return fillHead(key, RedisLayout.patternsIndex(), token, snapshot, kind, ttl, patterns, tags);
    }

    private ScriptCall fillHead(
            String key,
            String index,
            String token,
            Snapshot snapshot,
            String kind,
            Optional<Duration> ttl,
            List<String> patterns,
            List<String> tags) {
        ScriptCall call = new ScriptCall(scripts.get(Scripts.FILL))
                .key(key)
                .key(RedisLayout.lease(key))
                .key(RedisLayout.fence(key))
                .key(RedisLayout.entry(key))
                .key(RedisLayout.waiters(key))
                .key(index);
        patterns.forEach(glob -> call.key(RedisLayout.patternFence(glob)));
        tags.forEach(tag -> call.key(RedisLayout.tagFence(tag)));
        tags.forEach(tag -> call.key(RedisLayout.tag(tag)));
        return call.argument(token)
                .argument(snapshot.toString())
                .argument(life)
                .argument(kind)
                .argument(ttl(ttl))
                .argument(patterns.size())
                .argument(tags.size());
    }

    ScriptCall release(String key, String token) {
        return new ScriptCall(scripts.get(Scripts.RELEASE))
                .key(key)
                .key(RedisLayout.lease(key))
                .key(RedisLayout.waiters(key))
                .argument(token);
    }

    /** @param keys in a cluster of one slot */
    ScriptCall drop(List<String> keys) {
        ScriptCall call = new ScriptCall(scripts.get(Scripts.DROP));
        keys.forEach(call::key);
        keys.forEach(key -> call.key(RedisLayout.lease(key)));
        keys.forEach(key -> call.key(RedisLayout.entry(key)));
        return call;
    }

    private static ScriptCall keys(ScriptCall call, KeyCommand command) {
        String key = command.key();
        return call.key(key)
                .key(RedisLayout.lease(key))
                .key(RedisLayout.fence(key))
                .key(command.field()
                        .map(field -> RedisLayout.fieldEntry(key, field))
                        .orElseGet(() -> RedisLayout.entry(key)));
    }

    /** About how many bytes the value is sent as. */
    static long size(KeyCommand.Store command) {
        return payload(command.value()).stream().mapToLong(String::length).sum();
    }

    private static String kind(KeyCommand.Store command) {
        return command.field().isPresent() ? "f" : command.value() instanceof KeyCommand.Value.Hash ? "h" : "t";
    }

    private static List<String> payload(KeyCommand.Value value) {
        if (value instanceof KeyCommand.Value.Text text) {
            return List.of(text.text());
        }
        KeyCommand.Value.Hash hash = (KeyCommand.Value.Hash) value;
        return hash.fields().entrySet().stream()
                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Redis refuses a life of nothing; a millisecond is the least there is. */
    private static String ttl(Optional<Duration> ttl) {
        return ttl.map(life -> Long.toString(Math.max(1, life.toMillis()))).orElse("");
    }

    private static String ids(Fence fence) {
        StringJoiner ids = new StringJoiner(" ");
        fence.transactions().forEach(id -> ids.add(Long.toString(id)));
        if (fence.refuseAll()) {
            ids.add("*");
        }
        return ids.toString();
    }
}
