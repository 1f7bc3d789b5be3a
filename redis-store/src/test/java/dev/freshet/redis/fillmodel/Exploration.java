package dev.freshet.redis.fillmodel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;

/** Visits every state that a world can come to, breadth first, so that the way to the first bad one is a shortest one. */
final class Exploration {

    /** What may happen next. */
    interface World {
        long start();

        void next(long state, Steps steps);
    }

    @FunctionalInterface
    interface Steps {
        void to(long state, String what);
    }

    private static final long FREE = -1;

    private final World world;
    private long[] found = new long[1 << 16];
    private int[] from = new int[1 << 16];
    private int[] places = new int[1 << 18];
    private int size;

    private Exploration(World world) {
        this.world = world;
    }

    /**
     * What was found.
     *
     * @param trace the steps to the bad state; empty where there is none
     * @param witnesses states that showed what the world is about
     */
    record Result(int states, int witnesses, List<String> trace) {}

    static Result of(World world, LongPredicate bad, LongPredicate witness) {
        return new Exploration(world).run(bad, witness);
    }

    private Result run(LongPredicate bad, LongPredicate witness) {
        Arrays.fill(places, (int) FREE);
        add(world.start(), (int) FREE);
        int witnesses = 0;
        for (int at = 0; at < size; at++) {
            long state = found[at];
            if (bad.test(state)) {
                return new Result(size, witnesses, trace(at));
            }
            witnesses += witness.test(state) ? 1 : 0;
            int parent = at;
            world.next(state, (next, what) -> add(next, parent));
        }
        return new Result(size, witnesses, List.of());
    }

    private void add(long state, int parent) {
        if (size * 2 > places.length) {
            places = new int[places.length * 2];
            Arrays.fill(places, (int) FREE);
            for (int i = 0; i < size; i++) {
                places[free(found[i])] = i;
            }
        }
        int place = free(state);
        if (places[place] >= 0) {
            return;
        }
        if (size == found.length) {
            found = Arrays.copyOf(found, size * 2);
            from = Arrays.copyOf(from, size * 2);
        }
        found[size] = state;
        from[size] = parent;
        places[place] = size++;
    }

    /** The state's place, or the free one where it belongs. */
    private int free(long state) {
        long mixed = state * 0x9e3779b97f4a7c15L;
        int place = (int) (mixed >>> 32) & (places.length - 1);
        while (places[place] >= 0 && found[places[place]] != state) {
            place = (place + 1) & (places.length - 1);
        }
        return place;
    }

    private List<String> trace(int bad) {
        List<String> trace = new ArrayList<>();
        for (int at = bad; from[at] >= 0; at = from[at]) {
            long target = found[at];
            List<String> ways = new ArrayList<>();
            world.next(found[from[at]], (next, what) -> {
                if (next == target) {
                    ways.add(what);
                }
            });
            trace.add(0, ways.get(0));
        }
        return trace;
    }
}
