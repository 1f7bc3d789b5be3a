package dev.freshet.redis.interleaving;

import dev.freshet.redis.Fence;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Applies each record of the log as a truncate, in an order of steps, each a letter: P publishes the key's pattern, F fences
 * it, S sweeps it, T takes back what readers filled meanwhile, W does so not before a lease's life has passed.
 */
final class Sweeper extends Actor {

    /** Of the window, and a lease's life. */
    private static final int HALF = 2;

    private final String order;
    private final Cell position = world.cell(0);
    private final Cell at = world.cell(0);
    private final Cell fenced = world.cell(0);
    private final Cell[] ages;
    private final Cell redeliveries;

    Sweeper(World world, String order, int redeliveries) {
        super(world);
        this.order = order;
        this.redeliveries = world.cell(redeliveries);
        this.ages = IntStream.range(0, world.source.size())
                .mapToObj(i -> world.cell(0))
                .toArray(Cell[]::new);
    }

    @Override
    void offer(List<Step> steps) {
        if (position.get() < world.source.logged()) {
            int transaction = world.source.logged(position.get());
            Fence fence = Fence.of(Source.id(transaction));
            switch (order.charAt(at.get())) {
                case 'P' -> steps.add(named("publishes", transaction, world::publish, Step.NOTHING));
                case 'F' ->
                    steps.add(named(
                            "fences",
                            transaction,
                            () -> fence(transaction),
                            cache -> cache.fencePattern(world.glob(), fence, Optional.empty())));
                case 'S' -> steps.add(named("sweeps", transaction, () -> {}, cache -> cache.sweep(world.glob())));
                default -> {
                    if (order.charAt(at.get()) == 'T' || ages[transaction].get() >= HALF) {
                        steps.add(named(
                                "takesback", transaction, () -> {}, cache -> cache.takeBack(world.glob(), fence)));
                    }
                }
            }
        }
        if (redeliveries.get() > 0) {
            for (int from = 0; from < position.get() + Integer.signum(at.get()); from++) {
                steps.add(resume(from));
            }
        }
    }

    private Step named(String what, int transaction, Runnable more, Consumer<Cache> deed) {
        return step(
                "writer." + what + (transaction + 1),
                Step.LOG,
                Step.CACHE,
                () -> {
                    more.run();
                    at.add(1);
                    if (at.get() == order.length()) {
                        at.set(0);
                        position.add(1);
                        IntStream.range(0, world.source.rows()).forEach(row -> world.applied(row, transaction));
                    }
                },
                deed);
    }

    private void fence(int transaction) {
        fenced.mark(transaction);
        ages[transaction].set(0);
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
