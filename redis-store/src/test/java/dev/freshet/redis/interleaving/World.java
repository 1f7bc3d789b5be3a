package dev.freshet.redis.interleaving;

import dev.freshet.redis.RedisLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Everything but Redis: one key, the rows that its value is made of, and those who read and write. A row's value is the set
 * of transactions that it reflects, as bits; the key's value is its rows' values.
 */
final class World {

    final Source source;
    final List<Actor> actors = new ArrayList<>();
    private final Cell[] applied;
    private final Cell published;
    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    private String key = "";
    private boolean tagged;
    private Duration ttl = Cache.quarters(100);
    private Optional<String> complaint = Optional.empty();
    private boolean strong = true;
    private boolean monotone;
    private int[] state = new int[0];

    /** @param programs for each transaction the rows that it changes, as bits */
    World(int rows, int... programs) {
        this.source = new Source(this, rows, programs);
        this.applied = IntStream.range(0, rows).mapToObj(row -> cell(0)).toArray(Cell[]::new);
        this.published = cell(0);
        actors.addAll(source.transactions());
    }

    World with(Function<World, Actor> actor) {
        actors.add(actor.apply(this));
        return this;
    }

    /** The same with a reader; each attempt's steps are letters. */
    World reader(String order) {
        return reader(order, 2);
    }

    /** @param leaseQuarters how long its leases live, in quarters of the fence window */
    World reader(String order, int leaseQuarters) {
        long readers = actors.stream().filter(Reader.class::isInstance).count();
        return with(world -> new Reader(world, "reader" + (readers + 1), order, leaseQuarters));
    }

    /** A reader as an application has it: through its store, and filing under the tag where there is one. */
    World client(String order) {
        long readers = actors.stream().filter(Reader.class::isInstance).count();
        return with(world -> Reader.client(world, "reader" + (readers + 1), order));
    }

    /** Clients file the key under a tag. */
    World tagged() {
        tagged = true;
        return this;
    }

    /** How long the values of clients live, in quarters of the fence window; otherwise longer than any schedule. */
    World ttl(int quarters) {
        ttl = Cache.quarters(quarters);
        return this;
    }

    Duration ttl() {
        return ttl;
    }

    World source(Consumer<Source> setting) {
        setting.accept(source);
        return this;
    }

    <T extends Actor> T actor(Class<T> type) {
        return actors.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    /** Judged only once all is quiet: while a writer is away, it keeps no promise about what it applied before. */
    World judgedWhenQuiet() {
        strong = false;
        return this;
    }

    /** Judged also by whether a refresh puts an older value over a newer one. */
    World judgedMonotone() {
        monotone = true;
        return this;
    }

    boolean strong() {
        return strong;
    }

    boolean monotone() {
        return monotone;
    }

    // ------------------------------------------------------------ names in Redis

    void name(String name) {
        key = name;
    }

    String key() {
        return key + ":k";
    }

    /** Matches the key, and no key of another world. */
    String glob() {
        return key + ":*";
    }

    /** The tag of this world. */
    String tag() {
        return key + ":t";
    }

    boolean isTagged() {
        return tagged;
    }

    /** What clients file the key under. */
    List<String> tags() {
        return tagged ? List.of(tag()) : List.of();
    }

    /** What Freshet keeps beside the value. */
    List<String> auxiliary() {
        Stream<String> own = Stream.of(
                RedisLayout.lease(key()),
                RedisLayout.fence(key()),
                RedisLayout.entry(key()),
                RedisLayout.patternFence(glob()),
                RedisLayout.patternEntry(glob()));
        Stream<String> ofTags =
                tags().stream().flatMap(tag -> Stream.of(RedisLayout.tag(tag), RedisLayout.tagFence(tag)));
        return Stream.concat(own, ofTags).toList();
    }

    /** All that time passes for. */
    List<String> mortal() {
        return Stream.concat(Stream.of(key()), auxiliary().stream()).toList();
    }

    // ------------------------------------------------------------ what happens

    List<Step> possible() {
        List<Step> steps = new ArrayList<>();
        actors.forEach(actor -> actor.offer(steps));
        return steps;
    }

    /** The step of this name, if it may happen now. */
    List<Step> possible(String name) {
        return possible().stream().filter(step -> step.name().equals(name)).toList();
    }

    /** All that must happen has happened. */
    boolean complete() {
        return actors.stream().allMatch(Actor::finished);
    }

    /** Everything that was begun is finished: all visible, all applied, nobody amid reading. */
    boolean quiet() {
        return actors.stream().allMatch(Actor::idle);
    }

    /** An invalidation of the row for the transaction was applied: from now on a value lacks it no more. */
    void applied(int row, int transaction) {
        applied[row].mark(transaction);
    }

    int applied(int row) {
        return applied[row].get();
    }

    // ------------------------------------------------------------ patterns

    /** From now on readers that ask for a lease know that the key falls under the glob. */
    World publish() {
        published.set(1);
        return this;
    }

    /** The patterns that readers know of. */
    List<String> published() {
        return published.get() == 1 ? List.of(glob()) : List.of();
    }

    // ------------------------------------------------------------ those who wait

    /** Somebody was let down; what stands at the key does not tell that. */
    void complain(String what) {
        complaint = Optional.of(what);
    }

    Optional<String> complaint() {
        return complaint;
    }

    // ------------------------------------------------------------ values

    String value(int[] rows) {
        return Arrays.stream(rows).mapToObj(Integer::toString).collect(Collectors.joining("/"));
    }

    /** Tells people what came of the step that is being played. Thread-safe. */
    void note(String note) {
        notes.add(note);
    }

    String takeNotes() {
        String all = String.join(", ", notes);
        notes.clear();
        return all;
    }

    // ------------------------------------------------------------ state

    Cell cell(int initial) {
        state = Arrays.copyOf(state, state.length + 1);
        state[state.length - 1] = initial;
        return new Cell(this, state.length - 1);
    }

    int read(int cell) {
        return state[cell];
    }

    void write(int cell, int value) {
        state[cell] = value;
    }

    int[] save() {
        return state.clone();
    }

    void restore(int[] saved) {
        state = saved.clone();
    }
}
