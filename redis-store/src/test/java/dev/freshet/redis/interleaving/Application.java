package dev.freshet.redis.interleaving;

import java.util.List;
import java.util.stream.IntStream;

/** Changes rows itself, and after each of its commits drops the key, or the tag that the key is filed under. */
final class Application extends Actor {

    private final boolean waits;
    private final Cell dropped = world.cell(0);

    private Application(World world, boolean waits) {
        super(world);
        this.waits = waits;
    }

    /** It drops once the commit is visible. */
    static Application of(World world) {
        return new Application(world, true);
    }

    /** It may drop as soon as the commit is in the log. */
    static Application hasty(World world) {
        return new Application(world, false);
    }

    @Override
    void offer(List<Step> steps) {
        for (int t = 0; t < world.source.size(); t++) {
            if (!dropped.has(t) && world.source.placeOf(t) >= 0 && (!waits || world.source.ended(t))) {
                steps.add(drop(t));
            }
        }
    }

    private Step drop(int transaction) {
        return step(
                "application.drops" + (transaction + 1),
                Step.VISIBILITY | Step.LOG,
                Step.CACHE,
                () -> {
                    dropped.mark(transaction);
                    IntStream.range(0, world.source.rows())
                            .filter(row -> world.source.changes(transaction, row))
                            .forEach(row -> world.applied(row, transaction));
                },
                cache -> {
                    if (world.isTagged()) {
                        cache.dropTag(world.tag(), world.source.snapshot());
                    } else {
                        cache.drop(world.key());
                    }
                });
    }

    @Override
    boolean finished() {
        return IntStream.range(0, world.source.logged())
                .map(world.source::logged)
                .allMatch(dropped::has);
    }
}
