package dev.freshet.redis.interleaving;

import dev.freshet.redis.Fence;
import dev.freshet.redis.RedisLayout;
import dev.freshet.redis.SteppedTags;
import java.util.List;
import java.util.Optional;

/**
 * Invalidates the tag for each record of the log: F fences it, W sends one command of the walk (it asks for some members,
 * then removes these, and so on), R walks to the end. Others show what must not be done: U unlinks the tag's set, Z takes the
 * key out of it.
 */
final class TagWriter extends SteppedWriter {

    // What a play has found so far.
    private Optional<SteppedTags.Invalidation> begun = Optional.empty();

    TagWriter(World world, String order, int redeliveries) {
        super(world, order, redeliveries);
    }

    @Override
    String verb(char step) {
        return switch (step) {
            case 'F' -> "fences";
            case 'W' -> "walks";
            case 'R' -> "walkstotheend";
            case 'U' -> "unlinks";
            default -> "takesout";
        };
    }

    @Override
    void act(Cache cache, char step, Fence fence) {
        if (begins() || begun.isEmpty()) {
            begun = Optional.of(cache.invalidation(world.tag(), fence));
        }
        SteppedTags.Invalidation invalidation = begun.get();
        switch (step) {
            case 'F' -> cache.await(invalidation.fence());
            case 'W' -> cache.await(invalidation.walkOn());
            case 'R' -> cache.await(invalidation.walkToTheEnd());
            case 'U' -> cache.remove(List.of(RedisLayout.tag(world.tag())));
            default -> cache.takeOut(RedisLayout.tag(world.tag()), world.key());
        }
    }
}
