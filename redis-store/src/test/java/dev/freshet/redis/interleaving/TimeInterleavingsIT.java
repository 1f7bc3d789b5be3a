package dev.freshet.redis.interleaving;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** How the writer's acknowledgement, the fence's window and the life of leases go together (D). */
class TimeInterleavingsIT extends Interleavings {

    @Override
    Stream<Scenario> kept() {
        return Stream.of(
                Scenario.of(
                        "D2 in quarters of the window",
                        () -> new World(1, 1)
                                .with(world -> new Writer(world, 0))
                                .reader("LS1F")
                                .reader("LS1F")
                                .with(world -> new Clock(world, 1, 1, 1, 1, 1))),
                Scenario.of(
                        "D2b two transactions",
                        () -> new World(1, 1, 1)
                                .with(world -> new Writer(world, 0))
                                .reader("LS1F")
                                .with(world -> new Clock(world, 2, 2, 4))),
                Scenario.of("D4 an old shared snapshot, lease, load", () -> waiting("SL1F", 2)),
                Scenario.of(
                        "D6, D9 the writer stalls and restarts, and applies once more what it sees late",
                        () -> stalling(writer -> writer)),
                Scenario.of(
                        "D9 two transactions",
                        () -> new World(1, 1, 1)
                                .judgedWhenQuiet()
                                .with(world -> new Writer(world, 0).stalling())
                                .reader("LS1F")
                                .with(world -> new Clock(world, 4, 1))));
    }

    @Override
    Stream<Scenario> broken() {
        return Stream.of(
                Scenario.of(
                        "D1 applied again when a quarter of the fence is left",
                        () -> new World(1, 1)
                                .with(world -> new Writer(world, 0).renewingBy(3))
                                .reader("LS1F")
                                .with(world -> new Clock(world, 3, 1))),
                Scenario.of("D3 a lease that outlives the fence", () -> waiting("LS1F", 5)),
                Scenario.of("D4b loads begun before the lease", () -> waiting("S1LF", 2)),
                Scenario.of("D4c a repeatable-read transaction begun before the lease", () -> waiting("RL1F", 2)),
                Scenario.of("D5 restarts past what it has not seen", () -> stalling(Writer::forgetting)),
                Scenario.of(
                        "D7 never applied again, a wait longer than the window",
                        () -> new World(1, 1)
                                .with(world -> new Writer(world, 0).renewingBy(Integer.MAX_VALUE))
                                .reader("LS1F")
                                .with(world -> new Clock(world, 4))),
                Scenario.of("D8 seen late, not applied once more", () -> stalling(Writer::notApplyingWhenLate)));
    }

    private static World waiting(String order, int leaseQuarters) {
        return new World(1, 1)
                .with(world -> new Writer(world, 1))
                .reader(order, leaseQuarters)
                .reader(order, leaseQuarters)
                .with(world -> new Clock(world, 2, 4));
    }

    private static World stalling(UnaryOperator<Writer> setting) {
        return new World(1, 1)
                .judgedWhenQuiet()
                .with(world -> setting.apply(new Writer(world, 1).stalling()))
                .reader("LS1F")
                .reader("LS1F")
                .with(world -> new Clock(world, 4, 1, 1));
    }
}
