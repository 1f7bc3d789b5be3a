package dev.freshet.redis.interleaving;

import static dev.freshet.redis.AlteredScripts.Alteration.everywhere;

import dev.freshet.redis.AlteredScripts.Alteration;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reading as applications do, through their store: waiters, leases given back, patterns that change, drops of their own. */
class ClientInterleavingsIT extends Interleavings {

    private static final Alteration NOT_WOKEN_BY_A_FILL = Alteration.of("fill", "wake(waiters, '1', key)", "");
    private static final Alteration NOT_WOKEN_BY_A_REFUSAL =
            Alteration.of("fill", "if refused then\n  wake(waiters, '0', key)", "if refused then");
    private static final Alteration NOT_WOKEN_AFTER_THE_LEASE =
            Alteration.of("fill", "if not holder then\n    wake(waiters, '0', key)", "if not holder then");
    private static final Alteration VERSION_UNASKED = Alteration.of("fill", "if version ~= '' and", "if false and");
    private static final Alteration DROP_LEAVES_LEASES =
            Alteration.of("drop", "call('UNLINK', unpack(KEYS, n + 1, 2 * n))", "");
    private static final Alteration NO_FLOOR = everywhere("      raise_floor(fence, tonumber(string.sub(id, 2)))", "");

    @Override
    Stream<Scenario> kept() {
        return Stream.of(
                Scenario.of(
                        "A1 two transactions, aborts, a client twice, redelivery",
                        () -> new World(1, 1, 1)
                                .source(Source::withAborts)
                                .with(world -> new Writer(world, 1))
                                .client("LS1FLS1F")
                                .with(world -> Loss.ofValue(world, 1))
                                .with(world -> new Clock(world, 2, 4))),
                Scenario.of(
                        "A2 two clients, one gives its lease back",
                        () -> new World(1, 1, 1)
                                .with(world -> new Writer(world, 0))
                                .client("LS1XLS1F")
                                .client("LS1FLS1F")),
                Scenario.of("a client meets another's lease, waits, and is woken", ClientInterleavingsIT::waiting),
                Scenario.of("G4 a fill asks the patterns' version", ClientInterleavingsIT::attaching),
                Scenario.of("an application drops its key", () -> dropping(Application::of)),
                Scenario.of(
                        "an application drops its tag",
                        () -> dropping(Application::of).tagged()));
    }

    @Override
    Stream<Scenario> broken() {
        return Stream.of(
                Scenario.of("a fill wakes nobody", ClientInterleavingsIT::waiting, NOT_WOKEN_BY_A_FILL),
                Scenario.of("a refused fill wakes nobody", ClientInterleavingsIT::waiting, NOT_WOKEN_BY_A_REFUSAL),
                Scenario.of(
                        "a fill without its lease wakes nobody",
                        ClientInterleavingsIT::waiting,
                        NOT_WOKEN_AFTER_THE_LEASE),
                Scenario.of(
                        "G4 a fill does not ask the patterns' version",
                        ClientInterleavingsIT::attaching,
                        VERSION_UNASKED),
                Scenario.of("a drop leaves the lease", () -> dropping(Application::of), DROP_LEAVES_LEASES),
                Scenario.of(
                        "a drop of a tag leaves no floor",
                        () -> dropping(Application::of).tagged(),
                        NO_FLOOR),
                Scenario.of("a drop before its commit is visible", () -> dropping(Application::hasty)));
    }

    private static World waiting() {
        return new World(1, 1)
                .with(world -> new Writer(world, 0))
                .client("LS1FWLS1F")
                .client("LS1FWLS1F");
    }

    /** The pattern is new, and nothing is taken back. */
    private static World attaching() {
        return new World(1, 1)
                .with(world -> new Sweeper(world, "PFS", 1))
                .client("LS1F")
                .client("LS1F");
    }

    private static World dropping(Function<World, Actor> application) {
        return new World(1, 1, 1)
                .source(Source::withAborts)
                .with(application)
                .client("LS1F")
                .client("LS1FLS1F");
    }
}
