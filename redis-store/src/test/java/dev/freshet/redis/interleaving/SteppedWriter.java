package dev.freshet.redis.interleaving;

import dev.freshet.redis.Fence;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Applies each record of the log in an order of steps, each a letter, F for the fence. It may start again from an earlier
 * record, at its first step.
 */
abstract class SteppedWriter extends Actor {

    /** Of the window, and a lease's life. */
    static final int HALF = 2;

    private final String order;
    private final Cell position = world.cell(0);
    private final Cell at = world.cell(0);
    private final Cell fenced = world.cell(0);
    private final Cell[] ages;
    private final Cell redeliveries;

    SteppedWriter(World world, String order, int redeliveries) {
        super(world);
        this.order = order;
        this.redeliveries = world.cell(redeliveries);
        this.ages = IntStream.range(0, world.source.size())
                .mapToObj(i -> world.cell(0))
                .toArray(Cell[]::new);
    }

    /** What a step does, in one word. */
    abstract String verb(char step);

    /** Does a step to Redis. */
    abstract void act(Cache cache, char step, Fence fence);

    /** Whether a step may be taken when its transaction's fence is so old, in quarters of the window. */
    boolean may(char step, int age) {
        return true;
    }

    /** What a step changes besides, for others to see. */
    void moved(char step) {}

    /** The record's first step is the next one. */
    final boolean begins() {
        return at.get() == 0;
    }

    @Override
    void offer(List<Step> steps) {
        if (position.get() < world.source.logged()) {
            int transaction = world.source.logged(position.get());
            char what = order.charAt(at.get());
            if (may(what, ages[transaction].get())) {
                steps.add(step(
                        "writer." + verb(what) + (transaction + 1),
                        Step.LOG,
                        Step.CACHE,
                        () -> move(what, transaction),
                        cache -> act(cache, what, Fence.of(Source.id(transaction)))));
            }
        }
        if (redeliveries.get() > 0) {
            for (int from = 0; from < position.get() + Integer.signum(at.get()); from++) {
                steps.add(resume(from));
            }
        }
    }

    private void move(char what, int transaction) {
        if (what == 'F') {
            fenced.mark(transaction);
            ages[transaction].set(0);
        }
        moved(what);
        at.add(1);
        if (at.get() == order.length()) {
            at.set(0);
            position.add(1);
            IntStream.range(0, world.source.rows())
                    .filter(row -> world.source.changes(transaction, row))
                    .forEach(row -> world.applied(row, transaction));
        }
    }

    private Step resume(int from) {
        return step(
                "writer.resumesat" + (from + 1),
                0,
                Step.OFFSETS,
                () -> {
                    position.set(from);
                    at.set(0);
                    redeliveries.add(-1);
                },
                Step.NOTHING);
    }

    /** No more than half of a fence's window passes before its transaction is visible; how it sees to that is not played. */
    @Override
    boolean letsPass(int quarters) {
        return IntStream.range(0, ages.length)
                .filter(fenced::has)
                .allMatch(t -> world.source.ended(t) || ages[t].get() + quarters <= HALF);
    }

    @Override
    void pass(int quarters) {
        IntStream.range(0, ages.length).filter(fenced::has).forEach(t -> ages[t].add(quarters));
    }

    @Override
    boolean finished() {
        return position.get() == world.source.logged() && at.get() == 0;
    }
}
