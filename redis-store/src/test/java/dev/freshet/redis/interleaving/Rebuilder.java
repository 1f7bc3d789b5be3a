package dev.freshet.redis.interleaving;

import dev.freshet.model.Snapshot;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import java.util.List;
import java.util.Optional;

/**
 * Rebuilds the key by a query for each record of one row: invalidates, asks for the lease, queries, fills. One that is plain
 * queries once it sees the change, and stores what it got.
 */
final class Rebuilder extends Actor {

    private static final String WITH_LEASE = "ILQF";
    private static final String PLAIN = "QF";

    private final int row;
    private final boolean plain;
    private final String order;
    private final Cell position = world.cell(0);
    private final Cell at = world.cell(0);
    private final Cell redeliveries;

    // What a play has found so far.
    private Optional<String> token = Optional.empty();
    private String snapshot = "";
    private String value = "";

    Rebuilder(World world, int row, boolean plain, int redeliveries) {
        super(world);
        this.row = row;
        this.plain = plain;
        this.order = plain ? PLAIN : WITH_LEASE;
        this.redeliveries = world.cell(redeliveries);
    }

    @Override
    void offer(List<Step> steps) {
        List<Integer> records = world.source.loggedOf(row);
        if (position.get() < records.size()) {
            int transaction = records.get(position.get());
            switch (order.charAt(at.get())) {
                case 'I' ->
                    steps.add(step(
                            name("invalidates"),
                            Step.LOG,
                            Step.CACHE,
                            () -> {
                                at.add(1);
                                world.applied(row, transaction);
                            },
                            cache -> invalidate(cache, transaction)));
                case 'L' -> steps.add(step(name("leases"), 0, Step.CACHE, () -> at.add(1), this::lease));
                case 'Q' -> {
                    if (!plain || world.source.ended(transaction)) {
                        steps.add(step(
                                name("queries"), Step.VISIBILITY | Step.LOG, 0, () -> at.add(1), cache -> query()));
                    }
                }
                default ->
                    steps.add(step(
                            name("stores"),
                            0,
                            Step.CACHE,
                            () -> {
                                at.set(0);
                                position.add(1);
                                world.applied(row, transaction);
                            },
                            this::store));
            }
        }
        if (redeliveries.get() > 0) {
            for (int from = 0; from < position.get() + Integer.signum(at.get()); from++) {
                steps.add(resume(from));
            }
        }
    }

    private String name(String what) {
        return "worker" + (row + 1) + "." + what;
    }

    private Step resume(int from) {
        return step(
                name("resumesat" + (from + 1)),
                0,
                Step.OFFSETS,
                () -> {
                    position.set(from);
                    at.set(0);
                    redeliveries.add(-1);
                },
                cache -> token = Optional.empty());
    }

    private void invalidate(Cache cache, int transaction) {
        cache.apply(new KeyCommand.Invalidate(
                world.key(), Optional.empty(), Fence.of(Source.id(transaction)), Optional.empty(), false));
    }

    private void lease(Cache cache) {
        cache.lease(world.key(), Cache.quarters(2), granted -> {
            token = granted;
            world.note(granted.isPresent() ? "granted" : "refused");
        });
    }

    private void query() {
        int[] rows = new int[world.source.rows()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = world.source.visible(i);
        }
        value = world.value(rows);
        snapshot = world.source.snapshot();
    }

    private void store(Cache cache) {
        if (plain) {
            cache.put(world.key(), value);
        }
        token.ifPresent(mine -> cache.fill(
                world.key(),
                mine,
                Snapshot.parse(snapshot),
                value,
                world.published(),
                stored -> world.note(stored ? "stored" : "refused")));
        token = Optional.empty();
    }

    @Override
    boolean finished() {
        return position.get() == world.source.loggedOf(row).size();
    }
}
