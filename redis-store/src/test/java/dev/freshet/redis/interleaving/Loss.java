package dev.freshet.redis.interleaving;

import dev.freshet.redis.RedisLayout;
import java.util.List;
import java.util.function.Function;

/** What Redis may lose at any moment, a number of times at most. */
final class Loss extends Actor {

    private final String name;
    private final Function<World, List<String>> keys;
    private final Cell left;

    private Loss(World world, String name, int times, Function<World, List<String>> keys) {
        super(world);
        this.name = name;
        this.keys = keys;
        this.left = world.cell(times);
    }

    static Loss ofValue(World world, int times) {
        return new Loss(world, "value.ends", times, w -> List.of(w.key()));
    }

    static Loss ofFence(World world) {
        return new Loss(world, "fence.evicted", 1, w -> List.of(RedisLayout.fence(w.key())));
    }

    /** Of the tag's set. */
    static Loss ofTag(World world) {
        return new Loss(world, "tag.evicted", 1, w -> List.of(RedisLayout.tag(w.tag())));
    }

    static Loss ofTagFence(World world) {
        return new Loss(world, "tagfence.evicted", 1, w -> List.of(RedisLayout.tagFence(w.tag())));
    }

    static Loss ofEntry(World world) {
        return new Loss(world, "entry.evicted", 1, w -> List.of(RedisLayout.entry(w.key())));
    }

    static Loss ofValueAndEntry(World world) {
        return new Loss(world, "value.ends", 1, w -> List.of(w.key(), RedisLayout.entry(w.key())));
    }

    @Override
    void offer(List<Step> steps) {
        if (left.get() > 0) {
            steps.add(step(name, 0, Step.CACHE, () -> left.add(-1), cache -> cache.remove(keys.apply(world))));
        }
    }
}
