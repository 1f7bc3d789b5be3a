package dev.freshet.redis.interleaving;

import dev.freshet.redis.Fence;
import java.util.Optional;

/**
 * Applies each record of the log as a truncate: P publishes the key's pattern, F fences it, S sweeps it, T takes back what
 * readers filled meanwhile, W does so not before a lease's life has passed.
 */
final class Sweeper extends SteppedWriter {

    Sweeper(World world, String order, int redeliveries) {
        super(world, order, redeliveries);
    }

    @Override
    String verb(char step) {
        return switch (step) {
            case 'P' -> "publishes";
            case 'F' -> "fences";
            case 'S' -> "sweeps";
            default -> "takesback";
        };
    }

    @Override
    void act(Cache cache, char step, Fence fence) {
        switch (step) {
            case 'P' -> cache.publish(world.glob());
            case 'F' -> cache.fencePattern(world.glob(), fence, Optional.empty());
            case 'S' -> cache.sweep(world.glob());
            default -> cache.takeBack(world.glob(), fence);
        }
    }

    @Override
    boolean may(char step, int age) {
        return step != 'W' || age >= HALF;
    }

    @Override
    void moved(char step) {
        if (step == 'P') {
            world.publish();
        }
    }
}
