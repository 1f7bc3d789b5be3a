package dev.freshet.redis.interleaving;

import dev.freshet.redis.AlteredScripts.Alteration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Keys filed under a tag: a change fences the tag, then walks its members, some at a time (F). A fill checks and files in
 * one script, so that what the model tells of their order is told here of leaving one of them out.
 */
class TagInterleavingsIT extends Interleavings {

    private static final Alteration NO_FENCE = Alteration.of("fence_tag", "add_fence(KEYS[1], ARGV[2], ARGV[1])", "");
    private static final Alteration FENCE_UNASKED =
            Alteration.of("fill", "if not allows(KEYS[i], snapshot) then", "if false then");
    private static final String FILES = "file(KEYS[i], key, tonumber(ttl) + tonumber(ARGV[9]))";
    private static final Alteration NOT_FILED = Alteration.of("fill", FILES, "");
    private static final Alteration FILED_TOO_SHORT =
            Alteration.of("fill", FILES, "file(KEYS[i], key, tonumber(ttl) / 4)");
    private static final Alteration MEMBERS_LEAVE_AT_ONCE = Alteration.of(
            "remove_members",
            "string.format('(%.0f', now()), 'BYSCORE', 'LIMIT', 0, n)",
            "'+inf', 'BYSCORE', 'LIMIT', 0, 100)");

    @Override
    List<String> settings() {
        // A small set would be scanned in one piece.
        return List.of("--zset-max-listpack-entries", "0");
    }

    @Override
    Stream<Scenario> kept() {
        return Stream.of(
                Scenario.of(
                        "F1 one transaction, one reader", () -> small("FWWR").with(world -> new Clock(world, 4))),
                Scenario.of(
                        "F1 two readers, two transactions, aborts, redelivery",
                        () -> new World(1, 1, 1)
                                .tagged()
                                .source(Source::withAborts)
                                .with(world -> new TagWriter(world, "FWWR", 1))
                                .client("LS1F")
                                .client("LS1F")
                                .with(world -> Loss.ofValue(world, 1))),
                Scenario.of(
                        "F1 two readers twice, time passes",
                        () -> new World(1, 1)
                                .tagged()
                                .with(world -> new TagWriter(world, "FWWR", 1))
                                .client("LS1FLS1F")
                                .client("LS1FLS1F")
                                .with(world -> new Clock(world, 2, 4))),
                Scenario.of(
                        "F1 three transactions",
                        () -> new World(1, 1, 1, 1)
                                .tagged()
                                .with(world -> new TagWriter(world, "FWWR", 1))
                                .client("LS1FLS1F")),
                Scenario.of(
                        "F1 two rows, in any order",
                        () -> new World(2, 1, 2)
                                .tagged()
                                .with(world -> new TagWriter(world, "FWWR", 1))
                                .client("LS12FLS12F")),
                Scenario.of("F1 pages: other keys under the tag", () -> paged().client("LS1F")),
                Scenario.of("F10 members leave after value and lease", TagInterleavingsIT::ending));
    }

    @Override
    Stream<Scenario> broken() {
        return Stream.of(
                Scenario.of("F1 the tag is not fenced", () -> small("FWWR"), NO_FENCE),
                Scenario.of("F3 the fill does not ask the tag's fence", () -> small("FWWR"), FENCE_UNASKED),
                Scenario.of("F2 the fill does not file", () -> small("FWWR"), NOT_FILED),
                Scenario.of("F4 walked, then the tag's set unlinked", () -> twice("FWWRU")),
                Scenario.of("F5 walked, then each walked member taken out", () -> twice("FWWZR")),
                Scenario.of("F5 members leave as a page is removed", TagInterleavingsIT::paged, MEMBERS_LEAVE_AT_ONCE),
                Scenario.of("F6 members taken out, then removed", () -> small("FWZWR")),
                Scenario.of(
                        "F8 an evicted tag (a documented exception until the value's end)",
                        () -> small("FWWR").with(Loss::ofTag)),
                Scenario.of(
                        "F8 an evicted fence of a tag (a documented exception)",
                        () -> small("FWWR").with(Loss::ofTagFence)),
                Scenario.of("F9 walked before it is fenced", () -> small("WWRF")),
                Scenario.of("F10 members leave before their value's end", TagInterleavingsIT::ending, FILED_TOO_SHORT));
    }

    private static World small(String order) {
        return new World(1, 1)
                .tagged()
                .with(world -> new TagWriter(world, order, 1))
                .client("LS1FLS1F");
    }

    private static World twice(String order) {
        return new World(1, 1, 1)
                .tagged()
                .with(world -> new TagWriter(world, order, 0))
                .client("LS1FLS1F");
    }

    /** Whichever of the keys is found first. */
    private static World paged() {
        return new World(1, 1)
                .tagged()
                .with(world -> new TagWriter(world, "FWWWR", 1))
                .with(Neighbour::new)
                .client("LS1F");
    }

    /** Values and leases live half the window, fences the window, members as long as value and lease together. */
    private static World ending() {
        return new World(1, 1, 1)
                .tagged()
                .ttl(2)
                .with(world -> new TagWriter(world, "FWWR", 0))
                .with(Neighbour::new)
                .client("LS1FLS1F")
                .with(world -> new Clock(world, 1, 1, 2));
    }
}
