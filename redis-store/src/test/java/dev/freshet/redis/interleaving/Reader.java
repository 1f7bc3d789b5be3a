package dev.freshet.redis.interleaving;

import dev.freshet.model.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Somebody who reads the key and, on a miss, loads and fills, in an order of steps, each a letter: L asks for the lease, S
 * takes {@code pg_current_snapshot()}, a digit loads that row, F fills. Others show what must not be done: O opens a
 * repeatable-read transaction in which the loads then happen, R does so and takes its snapshot for the fill as well, U
 * loads all rows inside a transaction that has changed them. Without the lease it does nothing up to its next F; a lease is
 * refused where a value stands, so that a hit needs no step of its own.
 */
final class Reader extends Actor {

    private final String name;
    private final String order;
    private final Cell at = world.cell(0);
    private final int leaseQuarters;

    // What a play has found so far.
    private final int[] loaded;
    private Optional<String> token = Optional.empty();
    private String snapshot = "";
    private List<String> patterns = List.of();
    private int opened = -1;

    Reader(World world, String name, String order, int leaseQuarters) {
        super(world);
        this.name = name;
        this.order = order;
        this.leaseQuarters = leaseQuarters;
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
        patterns = world.published();
        cache.lease(world.key(), Cache.quarters(leaseQuarters), granted -> {
            token = granted;
            world.note(granted.isPresent() ? "granted" : "refused");
        });
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
        token.ifPresent(mine -> cache.fill(
                world.key(),
                mine,
                Snapshot.parse(snapshot),
                world.value(loaded),
                patterns,
                stored -> world.note(stored ? "stored" : "refused")));
        token = Optional.empty();
        opened = -1;
    }

    @Override
    boolean finished() {
        return at.get() == order.length();
    }

    @Override
    boolean idle() {
        return at.get() == 0 || order.charAt(at.get() - 1) == 'F';
    }
}
