package dev.freshet.redis.interleaving;

import java.util.List;
import java.util.stream.IntStream;

/** Once fills a few other keys, of no interest but that they are filed under the same tag: a walk takes several pages. */
final class Neighbour extends Actor {

    private static final int KEYS = 3;

    private final Cell left = world.cell(1);

    Neighbour(World world) {
        super(world);
    }

    @Override
    void offer(List<Step> steps) {
        if (left.get() > 0) {
            steps.add(step(
                    "neighbour.fills",
                    Step.VISIBILITY,
                    Step.CACHE,
                    () -> left.add(-1),
                    cache -> IntStream.range(0, KEYS)
                            .mapToObj(i -> world.key() + i)
                            .forEach(
                                    key -> cache.fillAtOnce(key, world.source.snapshot(), world.ttl(), world.tags()))));
        }
    }
}
