package dev.freshet.redis.interleaving;

import java.util.stream.Stream;

/** Refresh by query: a key made of two rows, rebuilt for each row's records by a worker of its own (Q). */
class QueryInterleavingsIT extends Interleavings {

    @Override
    Stream<Scenario> kept() {
        return Stream.of(
                Scenario.of(
                        "Q2 one row, queries until it sees the change, stores",
                        () -> new World(1, 1, 1).with(world -> new Rebuilder(world, 0, true, 0))),
                Scenario.of(
                        "Q3 invalidates, then fills with a lease of its own",
                        () -> workers(false, 1, 2).reader("LS12F")),
                Scenario.of(
                        "Q3 both transactions change both rows, redelivery",
                        () -> new World(2, 3, 3)
                                .with(world -> new Rebuilder(world, 0, false, 1))
                                .with(world -> new Rebuilder(world, 1, false, 0))),
                Scenario.of("Q3b three transactions, no reader", () -> workers(false, 1, 2, 3)));
    }

    @Override
    Stream<Scenario> broken() {
        return Stream.of(Scenario.of("Q1 queries until it sees the change, then stores", () -> workers(true, 1, 2)));
    }

    private static World workers(boolean plain, int... programs) {
        return new World(2, programs)
                .with(world -> new Rebuilder(world, 0, plain, 0))
                .with(world -> new Rebuilder(world, 1, plain, 0));
    }
}
