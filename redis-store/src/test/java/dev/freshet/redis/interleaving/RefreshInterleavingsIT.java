package dev.freshet.redis.interleaving;

import static dev.freshet.redis.AlteredScripts.Alteration.everywhere;

import dev.freshet.redis.AlteredScripts.Alteration;
import java.util.stream.Stream;

/** Refreshes beside fills: newest wins, through redelivery, partitions, deletes and truncates (E). */
class RefreshInterleavingsIT extends Interleavings {

    private static final Alteration LEASE_STAYS = Alteration.of("store", "call('UNLINK', lease)", "");
    private static final Alteration NO_FENCE = Alteration.of("store", "    add_fence(fence, ids, window)", "");
    private static final Alteration UNSURE_STORES = Alteration.of("store", "doubt = call('EXISTS', key) == 1", "");
    private static final Alteration POSITION_UNASKED =
            Alteration.of("store", "local doubt = may_be_overtaken(entry, position)", "local doubt = false");
    private static final Alteration NO_POSITION =
            Alteration.of("store", "    forget_snapshot(entry)\n    leave_position(entry, position, life)", "");
    private static final Alteration KEPT_LEAVES_NO_POSITION =
            Alteration.of("store", "kept = kept + 1\n    leave_position(entry, position, life)", "kept = kept + 1");
    private static final Alteration DELETE_LEAVES_NO_POSITION =
            Alteration.of("remove", "      leave_position(entry, position, life)", "");
    private static final Alteration DELETE_LEAVES_NO_DOUBT =
            Alteration.of("remove", "      leave_unknown(entry, life)", "");
    private static final Alteration POSITION_FALLS =
            everywhere("if not (entry.p and at_or_after(entry.p, position)) then", "if true then");
    private static final Alteration TRUNCATE_UNASKED = Alteration.of(
            "store", "doubt = doubt or may_be_overtaken(pattern_entry(KEYS[k + 4 + i]), position)", "doubt = doubt");
    private static final Alteration TRUNCATE_LEAVES_NO_POSITION =
            Alteration.of("fence_pattern", "leave_position(entry, ARGV[4], ARGV[2])", "");

    @Override
    Stream<Scenario> kept() {
        return Stream.of(
                Scenario.of("E4 unsure stores, one partition, not monotone", () -> inOrder("sss"), UNSURE_STORES),
                Scenario.of("E8 unsure stores, own partitions, not monotone", () -> anyOrder("sss", 1), UNSURE_STORES),
                Scenario.of("E9 in order", () -> inOrder("sss").judgedMonotone()),
                Scenario.of("E9 own partitions", () -> anyOrder("sss", 2).judgedMonotone()),
                Scenario.of(
                        "E9 own partitions, deletes", () -> anyOrder("sds", 1).judgedMonotone()),
                Scenario.of(
                        "E9 own partitions, deletes of unknown position",
                        () -> anyOrder("sus", 1).judgedMonotone()),
                Scenario.of(
                        "E9 own partitions, a delete before two readers",
                        () -> anyOrder("dss", 0).reader("LS1F").judgedMonotone()),
                Scenario.of(
                        "E9 applied again before half of the fence is over",
                        () -> new World(1, 1, 1)
                                .with(world -> new Refresher(world, "ss", true, 0))
                                .reader("LS1F")
                                .with(world -> new Clock(world, 2, 2, 4))
                                .judgedMonotone()),
                Scenario.of(
                        "E9 two records in any order, a delete",
                        () -> bare("sd").judgedMonotone()),
                Scenario.of("E9 three records in any order", () -> bare("dss").judgedMonotone()),
                Scenario.of(
                        "E9 a truncate in another partition",
                        () -> truncating("ts").judgedMonotone()),
                Scenario.of("E9 a truncate after", () -> truncating("st").judgedMonotone()),
                Scenario.of(
                        "E9 two rows that share a key, no reader",
                        () -> new World(1, 1, 1, 1)
                                .source(Source::withoutLocks)
                                .with(world -> new Refresher(world, "sss", true, 2))
                                .with(world -> Loss.ofValue(world, 1))
                                .judgedMonotone()),
                Scenario.of(
                        "E10 guards end, old records delete", () -> old(true).judgedMonotone()));
    }

    @Override
    Stream<Scenario> broken() {
        return Stream.of(
                Scenario.of("E1 a refresh neither fences nor voids", () -> inOrder("s"), NO_FENCE, LEASE_STAYS),
                Scenario.of(
                        "E1 a refresh does not void a lease that outlives the fence", () -> outlived("s"), LEASE_STAYS),
                Scenario.of(
                        "E1 a delete does not void a lease that outlives the fence",
                        () -> outlived("d"),
                        Alteration.of("remove", "call('UNLINK', lease)", "")),
                Scenario.of(
                        "E2 a delete does not fence",
                        () -> bare("sd"),
                        Alteration.of("remove", "    add_fence(fence, ids, window)", "")),
                Scenario.of("E2 a refresh does not fence", () -> inOrder("ss"), NO_FENCE),
                Scenario.of("E3 an unsure refresh stores", () -> bare("ss").judgedMonotone(), UNSURE_STORES),
                Scenario.of("E5 positions are not asked", () -> bare("ss"), POSITION_UNASKED),
                Scenario.of("E5 a refresh leaves no position", () -> bare("ss"), NO_POSITION),
                Scenario.of(
                        "E5 what is known ends with the value",
                        () -> new World(1, 1, 1)
                                .with(world -> new Refresher(world, "ss", true, 0))
                                .with(Loss::ofValueAndEntry)),
                Scenario.of("E6 a delete leaves no position", () -> bare("sd"), DELETE_LEAVES_NO_POSITION),
                Scenario.of(
                        "E6 a delete of unknown position leaves no doubt", () -> bare("su"), DELETE_LEAVES_NO_DOUBT),
                Scenario.of(
                        "E7 an evicted entry (a documented exception)",
                        () -> new World(1, 1, 1)
                                .with(world -> new Refresher(world, "ss", true, 0))
                                .with(Loss::ofEntry)),
                Scenario.of("E9 a dropped refresh leaves no position", () -> bare("dss"), KEPT_LEAVES_NO_POSITION),
                Scenario.of("E9 a position falls", () -> bare("dsd"), POSITION_FALLS),
                Scenario.of("E9 a truncate's position is not asked", () -> truncating("st"), TRUNCATE_UNASKED),
                Scenario.of("E9 a truncate leaves no position", () -> truncating("st"), TRUNCATE_LEAVES_NO_POSITION),
                Scenario.of("E10 old records store", () -> old(false).judgedMonotone()));
    }

    private static World inOrder(String kinds) {
        return refreshed(kinds, false, 1);
    }

    private static World anyOrder(String kinds, int redeliveries) {
        return refreshed(kinds, true, redeliveries);
    }

    private static World refreshed(String kinds, boolean ownPartitions, int redeliveries) {
        return new World(1, transactions(kinds))
                .with(world -> new Refresher(world, kinds, ownPartitions, redeliveries))
                .reader("LS1F")
                .with(world -> Loss.ofValue(world, 1))
                .with(world -> new Clock(world, 4));
    }

    /** Its records arrive in any order, and nothing else befalls it. */
    private static World bare(String kinds) {
        return new World(1, transactions(kinds))
                .with(world -> new Refresher(world, kinds, true, 0))
                .reader("LS1F");
    }

    private static World outlived(String kinds) {
        return new World(1, transactions(kinds))
                .source(Source::visibleAtOnce)
                .with(world -> new Refresher(world, kinds, false, 0))
                .reader("LS1F", 6)
                .with(world -> new Clock(world, 4));
    }

    private static World truncating(String kinds) {
        return new World(1, transactions(kinds))
                .publish()
                .with(world -> new Refresher(world, kinds, true, 1))
                .reader("LS1F");
    }

    /** Time passes until entries end. */
    private static World old(boolean deletes) {
        return new World(1, 1, 1)
                .with(world -> {
                    Refresher refresher = new Refresher(world, "ss", true, 1);
                    return deletes ? refresher : refresher.storingWhenOld();
                })
                .reader("LS1F")
                .with(world -> new Clock(world, 4, 4));
    }

    private static int[] transactions(String kinds) {
        return kinds.chars().map(kind -> 1).toArray();
    }
}
