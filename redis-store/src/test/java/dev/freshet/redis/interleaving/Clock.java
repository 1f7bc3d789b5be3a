package dev.freshet.redis.interleaving;

import java.util.List;

/** Lets time pass, in stretches that it is given, as far as the others' duties allow. A stretch may be left out. */
final class Clock extends Actor {

    private final int[] stretches;
    private final Cell at = world.cell(0);

    /** @param stretches in quarters of the fence window */
    Clock(World world, int... stretches) {
        super(world);
        this.stretches = stretches.clone();
    }

    @Override
    void offer(List<Step> steps) {
        if (at.get() < stretches.length) {
            int quarters = stretches[at.get()];
            if (world.actors.stream().allMatch(actor -> actor.letsPass(quarters))) {
                steps.add(step(
                        "clock.passes" + quarters,
                        Step.VISIBILITY | Step.LOG,
                        Step.CACHE | Step.OFFSETS,
                        () -> {
                            at.add(1);
                            world.actors.forEach(actor -> actor.pass(quarters));
                        },
                        cache -> cache.age(world.mortal(), quarters)));
            }
        }
    }
}
