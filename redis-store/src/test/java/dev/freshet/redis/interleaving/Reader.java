package dev.freshet.redis.interleaving;

import dev.freshet.model.Snapshot;
import dev.freshet.redis.ReadStore;
import dev.freshet.redis.ReadStore.Ticket;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Somebody who reads the key and, on a miss, loads and fills, in an order of steps, each a letter: L asks for the lease, S
 * takes {@code pg_current_snapshot()}, a digit loads that row, F fills. Others show what must not be done: O opens a
 * repeatable-read transaction in which the loads then happen, R does so and takes its snapshot for the fill as well, U
 * loads all rows inside a transaction that has changed them. Without the lease it does nothing up to its next F; a lease is
 * refused where a value stands, so that a hit needs no step of its own. A client, which reads as applications do, may also
 * give its lease back instead (X), and be woken (W) after another's lease that it met has ended.
 */
final class Reader extends Actor {

    private final String name;
    private final String order;
    private final Cell at = world.cell(0);
    private final int leaseQuarters;
    private final boolean client;

    // What a play has found so far.
    private final int[] loaded;
    private Optional<String> token = Optional.empty();
    private String snapshot = "";
    private List<String> patterns = List.of();
    private int opened = -1;
    private Optional<Ticket.Waiting> waiting = Optional.empty();

    Reader(World world, String name, String order, int leaseQuarters) {
        this(world, name, order, leaseQuarters, false);
    }

    static Reader client(World world, String name, String order) {
        return new Reader(world, name, order, 2, true);
    }

    private Reader(World world, String name, String order, int leaseQuarters, boolean client) {
        super(world);
        this.name = name;
        this.order = order;
        this.leaseQuarters = leaseQuarters;
        this.client = client;
        this.loaded = new int[world.source.rows()];
    }

    @Override
    void offer(List<Step> steps) {
        if (finished()) {
            return;
        }
        char what = order.charAt(at.get());
        switch (what) {
            case 'L' -> steps.add(named("leases", 0, Step.CACHE, this::lease));
            case 'S' -> steps.add(named("snapshot", Step.VISIBILITY, 0, () -> snapshot = world.source.snapshot()));
            case 'O' -> steps.add(named("begins", Step.VISIBILITY, 0, () -> opened = world.source.endedSoFar()));
            case 'R' ->
                steps.add(named("begins", Step.VISIBILITY, 0, () -> {
                    opened = world.source.endedSoFar();
                    snapshot = world.source.snapshot();
                }));
            case 'U' -> steps.add(named("loads", Step.VISIBILITY | Step.IDS | Step.LOG, 0, this::loadInside));
            case 'X' -> steps.add(named("releases", 0, Step.CACHE, this::release));
            case 'W' -> {
                if (world.actors.stream().allMatch(other -> !(other instanceof Reader) || other.idle())) {
                    steps.add(named("iswoken", Step.CACHE, 0, this::beWoken));
                }
            }
            case 'F' -> steps.add(step(name + ".fills", 0, Step.CACHE, () -> at.add(1), this::fill));
            default -> steps.add(named("loads" + what, Step.VISIBILITY, 0, () -> load(what - '1')));
        }
    }

    private Step named(String what, int reads, int writes, Runnable act) {
        return named(what, reads, writes, cache -> act.run());
    }

    private Step named(String what, int reads, int writes, Consumer<Cache> deed) {
        return step(name + "." + what, reads, writes, () -> at.add(1), deed);
    }

    private void lease(Cache cache) {
        if (client) {
            cache.lease(world.key(), this::take);
            return;
        }
        patterns = world.published();
        cache.lease(world.key(), Cache.quarters(leaseQuarters), granted -> {
            token = granted;
            world.note(granted.isPresent() ? "granted" : "refused");
        });
    }

    private void take(Ticket ticket) {
        token = ticket instanceof Ticket.Granted granted ? Optional.of(granted.token()) : Optional.empty();
        waiting = ticket instanceof Ticket.Waiting other ? Optional.of(other) : Optional.empty();
        world.note(ticket.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    }

    private void release(Cache cache) {
        token.ifPresent(mine -> cache.release(world.key(), mine));
        token = Optional.empty();
        opened = -1;
    }

    private void beWoken(Cache cache) {
        waiting.ifPresent(ticket -> cache.beWoken(world.key(), ticket, () -> world.complain(name + " was not woken")));
        waiting = Optional.empty();
    }

    private void load(int row) {
        int seen = world.source.visible(row);
        loaded[row] = opened < 0 ? seen : seen & opened;
    }

    private void loadInside() {
        for (int row = 0; row < loaded.length; row++) {
            loaded[row] = world.source.visible(row) | world.source.uncommitted(row);
        }
    }

    private void fill(Cache cache) {
        token.ifPresent(mine -> {
            if (client) {
                cache.fill(
                        new ReadStore.Fill(world.key(), mine, Snapshot.parse(snapshot), world.ttl(), world.tags()),
                        world.value(loaded),
                        filled -> world.note(filled.name().toLowerCase(Locale.ROOT)));
            } else {
                cache.fill(
                        world.key(),
                        mine,
                        Snapshot.parse(snapshot),
                        world.value(loaded),
                        patterns,
                        stored -> world.note(stored ? "stored" : "refused"));
            }
        });
        token = Optional.empty();
        opened = -1;
    }

    @Override
    boolean finished() {
        return at.get() == order.length();
    }

    @Override
    boolean idle() {
        return at.get() == 0 || "FXW".indexOf(order.charAt(at.get() - 1)) >= 0;
    }
}
