package dev.freshet.redis.interleaving;

import java.util.List;
import java.util.stream.IntStream;

/** Redis fails over, once, to a replica that lacks what came after some moment. */
final class Failover extends Actor {

    private final Cell[] positions;
    private final Cell[] copied;
    private final Cell stage = world.cell(0);
    private final boolean replays;

    /** @param replays whether the writer then applies again what the replica may lack */
    Failover(World world, boolean replays) {
        super(world);
        this.positions = world.actor(Writer.class).positions();
        this.copied = IntStream.range(0, positions.length)
                .mapToObj(i -> world.cell(0))
                .toArray(Cell[]::new);
        this.replays = replays;
    }

    @Override
    void offer(List<Step> steps) {
        List<String> keys = world.mortal();
        if (stage.get() == 0) {
            steps.add(step(
                    "replica.copies",
                    Step.OFFSETS,
                    Step.CACHE,
                    () -> move(positions, copied),
                    cache -> cache.copy(keys)));
        } else if (stage.get() == 1) {
            steps.add(step(
                    "redis.failsover",
                    0,
                    Step.CACHE | Step.OFFSETS,
                    () -> move(copied, replays ? positions : copied),
                    cache -> cache.putBack(keys)));
        }
    }

    private void move(Cell[] from, Cell[] to) {
        for (int i = 0; i < from.length; i++) {
            to[i].set(from[i].get());
        }
        stage.add(1);
    }

    @Override
    boolean finished() {
        return stage.get() != 1;
    }
}
