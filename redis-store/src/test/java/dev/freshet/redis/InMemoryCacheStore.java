package dev.freshet.redis;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Position;
import dev.freshet.model.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A cache store in memory, for tests: it keeps {@link CacheStoreContract} as Redis does. Time stands still except for
 * {@link #letGuardsEnd()}. {@link #failNext} makes calls fail as a Redis that is away. Thread-safe.
 */
public final class InMemoryCacheStore implements CacheStore, FillStore, ReadSide {

    private record Name(String key, Optional<String> field) {}

    /** What is known beside a value. */
    private static final class Entry {
        private Optional<Position> position = Optional.empty();
        private Optional<Snapshot> snapshot = Optional.empty();
        private boolean unknown;

        boolean mayOvertake(Position position) {
            return unknown
                    || this.position
                            .filter(mine -> mine.compareTo(position) >= 0)
                            .isPresent();
        }

        void leave(Position position) {
            this.position = Optional.of(
                    this.position.filter(mine -> mine.compareTo(position) >= 0).orElse(position));
        }
    }

    private static final class Guard {
        private final TreeSet<Long> ids = new TreeSet<>();
        private OptionalLong floor = OptionalLong.empty();
        private boolean all;

        void add(Fence fence) {
            ids.addAll(fence.transactions());
            all |= fence.refuseAll();
            while (ids.size() > RedisLayout.FENCE_BOUND) {
                long lowest = ids.first();
                ids.remove(lowest);
                floor = OptionalLong.of(Math.max(floor.orElse(lowest), lowest));
            }
        }

        boolean allows(Snapshot snapshot) {
            return !all
                    && ids.stream().allMatch(snapshot::sees)
                    && (floor.isEmpty() || snapshot.xmin() > floor.getAsLong());
        }
    }

    private final Map<String, String> texts = new TreeMap<>();
    private final Map<String, Map<String, String>> hashes = new TreeMap<>();
    private final Map<String, Duration> lives = new HashMap<>();
    private final Map<String, String> leases = new HashMap<>();
    private final Map<String, Guard> fences = new HashMap<>();
    private final Map<Name, Entry> entries = new HashMap<>();
    private final Map<String, Entry> patternEntries = new HashMap<>();
    private final Map<String, Guard> patternFences = new HashMap<>();
    private final Map<String, Set<String>> tags = new HashMap<>();
    private final Map<String, Guard> tagFences = new HashMap<>();
    private final Map<String, Map<String, String>> published = new HashMap<>();
    private final List<KeyCommand> applied = new ArrayList<>();
    private final AtomicLong tokens = new AtomicLong();
    private int failures;

    /** The next calls fail, each before it does anything. */
    public synchronized void failNext(int calls) {
        failures = calls;
    }

    /** Every command that was applied, in order. */
    public synchronized List<KeyCommand> applied() {
        return List.copyOf(applied);
    }

    /** Every key that stands. */
    public synchronized List<String> keys() {
        TreeSet<String> keys = new TreeSet<>(texts.keySet());
        keys.addAll(hashes.keySet());
        return List.copyOf(keys);
    }

    @Override
    public CompletionStage<Outcome> apply(List<KeyCommand> commands) {
        return answer(() -> commands.stream().map(this::apply).reduce(Outcome.NOTHING, Outcome::and));
    }

    @Override
    public CompletionStage<Void> fencePattern(String glob, Fence fence, Optional<Position> position) {
        return this.<Optional<Void>>answer(() -> {
                    Entry entry = patternEntries.computeIfAbsent(glob, name -> new Entry());
                    patternFences.computeIfAbsent(glob, name -> new Guard()).add(fence);
                    position.ifPresentOrElse(entry::leave, () -> entry.unknown = true);
                    return Optional.empty();
                })
                .thenAccept(nothing -> {});
    }

    @Override
    public CompletionStage<Long> sweep(KeyScan keys, Optional<KeyScan> field) {
        return answer(() -> {
            List<String> found = found(keys);
            return field.map(fields -> found.stream()
                            .mapToLong(key -> sweepFields(key, fields))
                            .sum())
                    .orElseGet(() -> found.stream().filter(this::unlink).count());
        });
    }

    private List<String> found(KeyScan keys) {
        return keys().stream()
                .filter(key -> PlainGlob.of(keys.glob()).matcher(key).matches() && keys.matches(key))
                .filter(key -> keys.glob().startsWith(RedisLayout.PREFIX) || !key.startsWith(RedisLayout.PREFIX))
                .toList();
    }

    private long sweepFields(String key, KeyScan fields) {
        return hash(key).keySet().stream()
                .filter(name -> PlainGlob.of(fields.glob()).matcher(name).matches() && fields.matches(name))
                .filter(name -> removeField(key, name))
                .count();
    }

    @Override
    public CompletionStage<Long> invalidateTag(String tag, Fence fence) {
        return answer(() -> {
            tagFences.computeIfAbsent(tag, name -> new Guard()).add(fence);
            return tags.getOrDefault(tag, Set.of()).stream()
                    .filter(key -> {
                        leases.remove(key);
                        entries.getOrDefault(new Name(key, Optional.empty()), new Entry()).snapshot = Optional.empty();
                        return unlink(key);
                    })
                    .count();
        });
    }

    @Override
    public CompletionStage<Void> publishPatterns(
            String pipeline, Map<String, String> fenced, Map<String, String> unfenced) {
        return answer(() -> Optional.ofNullable(published.put(pipeline, Map.copyOf(fenced))))
                .thenAccept(before -> {});
    }

    @Override
    public CompletionStage<Optional<String>> unfit() {
        return answer(Optional::<String>empty);
    }

    @Override
    public void close() {}

    private synchronized <T> CompletableFuture<T> answer(Supplier<T> work) {
        if (failures > 0) {
            failures--;
            return CompletableFuture.failedFuture(
                    new CacheUnavailableException("the store was told to fail", new IllegalStateException("told so")));
        }
        try {
            return CompletableFuture.completedFuture(work.get());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Outcome apply(KeyCommand command) {
        Utf8.encode(command.key());
        applied.add(command);
        if (command instanceof KeyCommand.Invalidate invalidate) {
            boolean stood = remove(command);
            fence(command);
            if (invalidate.guard()) {
                Entry entry = entry(command);
                entry.snapshot = Optional.empty();
                invalidate.position().ifPresentOrElse(entry::leave, () -> entry.unknown = true);
            }
            return new Outcome(stood ? 1 : 0, 0, 0, 0);
        }
        fence(command);
        return store((KeyCommand.Store) command);
    }

    private Outcome store(KeyCommand.Store store) {
        Entry entry = entry(store);
        Entry whole = entries.getOrDefault(new Name(store.key(), Optional.empty()), new Entry());
        if (whole.snapshot.filter(snapshot -> seesAll(snapshot, store.fence())).isPresent()) {
            entry.leave(store.position());
            return new Outcome(0, 0, 0, 1);
        }
        boolean doubt = entry.mayOvertake(store.position())
                || whole.mayOvertake(store.position())
                || store.patterns().stream()
                        .anyMatch(glob ->
                                patternEntries.getOrDefault(glob, new Entry()).mayOvertake(store.position()))
                || (whole.snapshot.isPresent() && stands(store))
                || (store.field().isPresent() && texts.containsKey(store.key()));
        if (doubt) {
            remove(store);
        } else {
            put(store.key(), store.field(), store.value(), store.ttl());
        }
        entry.snapshot = Optional.empty();
        entry.leave(store.position());
        return new Outcome(0, doubt ? 0 : 1, doubt ? 1 : 0, 0);
    }

    private void put(String key, Optional<String> field, KeyCommand.Value value, Optional<Duration> ttl) {
        if (value instanceof KeyCommand.Value.Hash hash) {
            unlink(key);
            if (!hash.fields().isEmpty()) {
                hashes.put(key, new LinkedHashMap<>(hash.fields()));
            }
        } else if (value instanceof KeyCommand.Value.Text text) {
            field.ifPresentOrElse(name -> putField(key, name, text.text()), () -> put(key, text.text()));
        }
        ttl.ifPresent(life -> lives.put(key, life));
    }

    private static boolean seesAll(Snapshot snapshot, Fence fence) {
        return !fence.isNone()
                && !fence.refuseAll()
                && fence.transactions().stream().allMatch(snapshot::sees);
    }

    private void fence(KeyCommand command) {
        if (!command.fence().isNone()) {
            leases.remove(command.key());
            fences.computeIfAbsent(command.key(), key -> new Guard()).add(command.fence());
        }
    }

    private Entry entry(KeyCommand command) {
        return entries.computeIfAbsent(new Name(command.key(), command.field()), name -> new Entry());
    }

    private boolean stands(KeyCommand command) {
        return command.field()
                .map(field -> hash(command.key()).containsKey(field))
                .orElseGet(() -> keys().contains(command.key()));
    }

    private boolean remove(KeyCommand command) {
        return command.field().map(field -> removeField(command.key(), field)).orElseGet(() -> unlink(command.key()));
    }

    private boolean removeField(String key, String field) {
        Map<String, String> fields = hashes.getOrDefault(key, new HashMap<>());
        boolean stood = fields.remove(field) != null;
        if (stood && fields.isEmpty()) {
            unlink(key);
        }
        return stood;
    }

    private boolean unlink(String key) {
        lives.remove(key);
        boolean text = texts.remove(key) != null;
        return hashes.remove(key) != null || text;
    }

    @Override
    public synchronized void put(String key, String value) {
        unlink(key);
        texts.put(key, value);
    }

    @Override
    public synchronized void putField(String key, String field, String value) {
        hashes.computeIfAbsent(key, fresh -> new LinkedHashMap<>()).put(field, value);
    }

    @Override
    public synchronized Optional<String> get(String key) {
        return Optional.ofNullable(texts.get(key));
    }

    @Override
    public synchronized Map<String, String> hash(String key) {
        return Map.copyOf(hashes.getOrDefault(key, Map.of()));
    }

    @Override
    public synchronized boolean hasTimeToLive(String key) {
        return lives.containsKey(key);
    }

    @Override
    public synchronized Optional<String> lease(String key) {
        if (keys().contains(key) || leases.containsKey(key)) {
            return Optional.empty();
        }
        String token = "token-" + tokens.incrementAndGet();
        leases.put(key, token);
        return Optional.of(token);
    }

    @Override
    public boolean fill(String key, String token, Snapshot snapshot, String value, String... patterns) {
        return fill(key, token, snapshot, new KeyCommand.Value.Text(value), Optional.empty(), List.of(patterns))
                .toCompletableFuture()
                .join();
    }

    @Override
    public CompletionStage<Optional<String>> lease(String key, Duration life) {
        return answer(() -> lease(key));
    }

    @Override
    public CompletionStage<Boolean> fill(
            String key,
            String token,
            Snapshot snapshot,
            KeyCommand.Value value,
            Optional<Duration> ttl,
            List<String> patterns) {
        return answer(() -> {
            boolean accepted = leases.remove(key, token)
                    && fences.getOrDefault(key, new Guard()).allows(snapshot)
                    && patterns.stream()
                            .allMatch(glob -> patternFences
                                    .getOrDefault(glob, new Guard())
                                    .allows(snapshot));
            if (accepted) {
                put(key, Optional.empty(), value, ttl);
                entries.computeIfAbsent(new Name(key, Optional.empty()), name -> new Entry()).snapshot =
                        Optional.of(snapshot);
            }
            return accepted;
        });
    }

    @Override
    public CompletionStage<Void> release(String key, String token) {
        return answer(() -> leases.remove(key, token)).thenAccept(released -> {});
    }

    @Override
    public CompletionStage<Long> takeBack(KeyScan keys, Fence fence) {
        return answer(() -> found(keys).stream()
                .filter(key -> {
                    Entry entry = entries.getOrDefault(new Name(key, Optional.empty()), new Entry());
                    boolean unseen = entry.snapshot
                            .filter(snapshot -> !seesAll(snapshot, fence))
                            .isPresent();
                    if (unseen) {
                        entry.snapshot = Optional.empty();
                        unlink(key);
                    }
                    return unseen;
                })
                .count());
    }

    @Override
    public synchronized Map<String, String> patterns(String pipeline) {
        return published.getOrDefault(pipeline, Map.of());
    }

    @Override
    public synchronized void file(String tag, String key) {
        tags.computeIfAbsent(tag, name -> new TreeSet<>()).add(key);
    }

    @Override
    public synchronized Set<String> filed(String tag) {
        return Set.copyOf(tags.getOrDefault(tag, Set.of()));
    }

    @Override
    public synchronized boolean tagAllows(String tag, Snapshot snapshot) {
        return tagFences.getOrDefault(tag, new Guard()).allows(snapshot);
    }

    @Override
    public synchronized void letGuardsEnd() {
        fences.clear();
        leases.clear();
        entries.clear();
        patternEntries.clear();
        patternFences.clear();
        tagFences.clear();
        tags.clear();
    }

    @Override
    public synchronized void loseFence(String key) {
        fences.remove(key);
    }
}
