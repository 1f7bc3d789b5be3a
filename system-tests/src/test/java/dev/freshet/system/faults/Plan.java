package dev.freshet.system.faults;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/**
 * The rounds to play, each drawn by a seed of its own, by the settings {@code -Dfreshet.faults.…}:
 *
 * <ul>
 *   <li>{@code rounds=N}: so many (2 where nothing is said);
 *   <li>{@code minutes=N}: as many as fit;
 *   <li>{@code seed=N}: begins with the round of this seed, and so plays again, as far as time allows, what failed;
 *   <li>{@code kinds=A,B}: only faults of these kinds;
 *   <li>{@code alone=true}: each kind once, alone.
 * </ul>
 */
record Plan(long seed, int rounds, Duration time, List<Fault> kinds, boolean alone) implements Iterable<Round> {

    private static final int ROUNDS = 2;

    static Plan given() {
        String named = System.getProperty("freshet.faults.kinds", "");
        List<Fault> kinds = named.isEmpty()
                ? List.of(Fault.values())
                : Stream.of(named.split(",", -1)).map(Fault::valueOf).toList();
        boolean alone = Boolean.getBoolean("freshet.faults.alone");
        long minutes = Long.getLong("freshet.faults.minutes", 0);
        int rounds = alone ? kinds.size() : minutes > 0 ? Integer.MAX_VALUE : ROUNDS;
        return new Plan(
                Long.getLong("freshet.faults.seed", System.nanoTime() & 0xffffff),
                Integer.getInteger("freshet.faults.rounds", rounds),
                minutes > 0 ? Duration.ofMinutes(minutes) : Duration.ofDays(1),
                kinds,
                alone);
    }

    @Override
    public Iterator<Round> iterator() {
        long end = System.nanoTime() + time.toNanos();
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < rounds && System.nanoTime() - end < 0;
            }

            @Override
            public Round next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                int number = next++;
                return alone
                        ? Round.alone(seed + number, kinds.get(number % kinds.size()))
                        : Round.draw(seed + number, kinds);
            }
        };
    }

    @Override
    public String toString() {
        return "-Dfreshet.faults.seed=" + seed + " -Dfreshet.faults.rounds=" + rounds
                + (alone ? " -Dfreshet.faults.alone=true" : "") + ", of " + kinds.size() + " kinds";
    }
}
