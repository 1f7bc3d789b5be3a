package dev.freshet.redis.interleaving;

import dev.freshet.redis.AlteredScripts.Alteration;
import java.util.stream.Stream;

/** Truncates, matches and flushes: the pattern is fenced, then swept by SCAN (G). */
class PatternInterleavingsIT extends Interleavings {

    private static final Alteration NO_FENCE =
            Alteration.of("fence_pattern", "add_fence(KEYS[1], ARGV[3], ARGV[1])", "");
    private static final Alteration FENCE_UNASKED =
            Alteration.of("fill", "if not allows(KEYS[i], snapshot) then", "if false then");
    private static final Alteration NOTHING_TAKEN_BACK =
            Alteration.of("take_back", "not sees_all(snapshot, ARGV[1])", "false");

    @Override
    Stream<Scenario> kept() {
        return Stream.of(
                Scenario.of("G5 the fill asks the pattern's fence", () -> known("FS", 1)),
                Scenario.of("G5 two truncates", () -> known("FS", 1, 1)),
                Scenario.of(
                        "G5 two readers, time passes",
                        () -> known("FS", 1).reader("LS1F").with(world -> new Clock(world, 4))),
                Scenario.of(
                        "G4 a reader that does not know the pattern yet: taken back a lease life later",
                        () -> attaching("PFSW")));
    }

    @Override
    Stream<Scenario> broken() {
        return Stream.of(
                Scenario.of("G1 no fence", () -> known("FS", 1), NO_FENCE),
                Scenario.of("G1 swept, not fenced", () -> known("S", 1)),
                Scenario.of("G3 swept before it is fenced", () -> known("SF", 1)),
                Scenario.of("G5 the fill does not ask the pattern's fence", () -> known("FS", 1), FENCE_UNASKED),
                Scenario.of("G4 nothing taken back", () -> attaching("PFSW"), NOTHING_TAKEN_BACK),
                Scenario.of("G4 not swept again", () -> attaching("PFS")),
                Scenario.of("G4 taken back at once", () -> attaching("PFST")));
    }

    /** Readers know the pattern. */
    private static World known(String order, int... programs) {
        return new World(1, programs)
                .publish()
                .with(world -> new Sweeper(world, order, 1))
                .reader("LS1FLS1F");
    }

    /** The pattern is new: readers that were granted a lease before do not know it. */
    private static World attaching(String order) {
        return new World(1, 1)
                .with(world -> new Sweeper(world, order, 1))
                .reader("LS1F")
                .reader("LS1F")
                .with(world -> new Clock(world, 2));
    }
}
