package dev.freshet.redis.interleaving;

import java.util.List;
import java.util.function.Consumer;

/** Somebody who takes part in a world's schedules. */
abstract class Actor {

    final World world;

    Actor(World world) {
        this.world = world;
    }

    /** Adds what it can do next, as far as anything but Redis decides that. */
    abstract void offer(List<Step> steps);

    /** Whether it has done all that it must. */
    boolean finished() {
        return true;
    }

    /** Whether it is between two pieces of work. */
    boolean idle() {
        return finished();
    }

    /** Whether it stores values of its own, which must never be older than what stands there. */
    boolean refreshes() {
        return false;
    }

    /** Whether it lets so many quarters of the fence window pass now. */
    boolean letsPass(int quarters) {
        return true;
    }

    void pass(int quarters) {}

    final Step step(String name, int reads, int writes, Runnable move, Consumer<Cache> deed) {
        return new Step(this, name, reads, writes, move, deed);
    }
}
