package dev.freshet.redis.interleaving;

import static dev.freshet.redis.AlteredScripts.Alteration.everywhere;

import dev.freshet.redis.AlteredScripts.Alteration;
import dev.freshet.redis.Fence;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Deletes and fills: lease, fence, redelivery, expiry, eviction, failover (A, B), and what a load may do (C). */
class FillInterleavingsIT extends Interleavings {

    private static final Alteration NO_FENCE =
            Alteration.of("invalidate", "add_fence(KEYS[2 * n + i], ARGV[1 + i], window)", "");
    private static final Alteration NO_LEASE = Alteration.of("fill", "if holder ~= ARGV[1] then", "if false then");
    private static final Alteration LEASE_STAYS =
            Alteration.of("invalidate", "call('UNLINK', unpack(KEYS, n + 1, 2 * n))", "");
    private static final Alteration LATEST_ONLY =
            everywhere("  if is_single(ids) then", "  call('UNLINK', fence)\n  if is_single(ids) then");
    private static final Alteration ONE_ID = everywhere("local FENCE_BOUND = 64", "local FENCE_BOUND = 1");
    private static final Alteration NO_FLOOR = everywhere("  raise_floor(fence, tonumber(folded[#folded - 1]))", "");
    private static final Alteration FLOOR_UNASKED =
            Alteration.of("fill", "if snapshot.xmin <= tonumber(floor) then", "if false then");
    private static final Alteration NO_DEADLINE =
            everywhere("call('ZADD', fence, '+inf', string.format('all:%.0f', now() + tonumber(window)))", "");
    private static final Alteration FENCE_ENDS_EARLY =
            everywhere("  if is_single(ids) then", "  window = math.floor(window / 4)\n  if is_single(ids) then");
    private static final Alteration FENCE_UNASKED = Alteration.of("fill", "not allows(KEYS[3], snapshot)", "false");

    @Override
    Stream<Scenario> kept() {
        Stream<Scenario> rest = Stream.of(
                Scenario.of("A0 one transaction, one reader", FillInterleavingsIT::smallest),
                Scenario.of(
                        "A1 two transactions, aborts, a reader twice, redelivery",
                        () -> new World(1, 1, 1)
                                .source(Source::withAborts)
                                .with(world -> new Writer(world, 1))
                                .reader("LS1FLS1F")
                                .with(world -> Loss.ofValue(world, 1))
                                .with(world -> new Clock(world, 2, 4))),
                Scenario.of("A2 two readers", () -> twoReaders(2)),
                Scenario.of(
                        "A3 three transactions, two readers",
                        () -> new World(1, 1, 1, 1)
                                .with(world -> new Writer(world, 1))
                                .reader("LS1F")
                                .reader("LS1F")
                                .with(world -> new Clock(world, 4))),
                Scenario.of("A1 one reader, redelivery", FillInterleavingsIT::redelivered),
                Scenario.of("A5 two rows, three transactions", () -> twoRows("LS12F", 1, 2, 3)),
                Scenario.of("A7 of two ids in a fence one folds into a floor", () -> twoRows("LS12F", 1, 2), ONE_ID),
                Scenario.of("A7 of three", () -> twoRows("LS12F", 1, 2, 3), ONE_ID),
                Scenario.of("A8 Redis fails over, the writer replays", () -> failover(true)),
                Scenario.of("A9 a shared snapshot, from before the lease", () -> twoReaders("SL1F", 2)),
                Scenario.of("B2 without the fence, commits visible at once", visibleAtOnce(2), NO_FENCE),
                Scenario.of("B4 lease not voided, shorter than the fence", () -> twoReaders(2), LEASE_STAYS),
                Scenario.of("B4c lease longer than the fence, voided, commits visible at once", visibleAtOnce(6)),
                Scenario.of("C4 records without an id", FillInterleavingsIT::withoutIds),
                Scenario.of("C4 top-level ids, two rows", () -> twoRows("LS12F", 1, 2)));
        return Stream.concat(rest, programs());
    }

    /** Two rows behind one key, changed by two transactions in every way: they become visible in any order. */
    private static Stream<Scenario> programs() {
        return IntStream.range(0, 9)
                .mapToObj(i -> Scenario.of(
                        "A4 two rows, changed as " + (i % 3 + 1) + " and " + (i / 3 + 1),
                        () -> new World(2, i % 3 + 1, i / 3 + 1)
                                .with(world -> new Writer(world, 0))
                                .reader("LS12F")
                                .reader("LS12F")));
    }

    @Override
    Stream<Scenario> broken() {
        return Stream.of(
                Scenario.of("B1 no fence", FillInterleavingsIT::smallest, NO_FENCE),
                Scenario.of("B1 fence not asked", FillInterleavingsIT::smallest, FENCE_UNASKED),
                Scenario.of("B3 no lease: a fill slower than the fence", visibleAtOnce(2), NO_LEASE),
                Scenario.of("B4b lease not voided, longer than the fence", visibleAtOnce(6), LEASE_STAYS),
                Scenario.of("B5 only the latest id, two rows", () -> twoRows("LS12F", 1, 2), LATEST_ONLY),
                Scenario.of(
                        "B5b only the latest id, one row, redelivery", FillInterleavingsIT::redelivered, LATEST_ONLY),
                Scenario.of("A7 folded ids leave no floor", () -> twoRows("LS12F", 1, 2), ONE_ID, NO_FLOOR),
                Scenario.of("A7 floor not asked", () -> twoRows("LS12F", 1, 2), ONE_ID, FLOOR_UNASKED),
                Scenario.of(
                        "B6 a fence that ends too early",
                        () -> new World(1, 1)
                                .with(world -> new Writer(world, 0))
                                .reader("LS1F")
                                .with(world -> new Clock(world, 1, 1)),
                        FENCE_ENDS_EARLY),
                Scenario.of(
                        "B7 an evicted fence (a documented exception)",
                        () -> smallest().with(Loss::ofFence)),
                Scenario.of(
                        "B8 Redis fails over, nothing is replayed (a documented exception until it is)",
                        () -> failover(false)),
                Scenario.of("C1 a load older than the snapshot", () -> oneReader("OLS1F")),
                Scenario.of(
                        "C2 a load inside a writing transaction",
                        () -> oneReader("LSUF").source(Source::withAborts)),
                Scenario.of(
                        "C3 an id widened to the epoch before",
                        () -> new World(1, 1)
                                .with(world -> new Writer(world, 0).fencing(t -> Fence.of(Source.id(t) - (1L << 32))))
                                .reader("LS1F")),
                Scenario.of("C4 records without an id leave nothing", FillInterleavingsIT::withoutIds, NO_DEADLINE),
                Scenario.of(
                        "C4 a subtransaction's id",
                        () -> new World(2, 1, 2)
                                .with(world -> new Writer(world, 0).fencing(t -> Fence.of(Source.subtransactionId(t))))
                                .reader("LS12F")));
    }

    private static World smallest() {
        return oneReader("LS1F").with(world -> new Clock(world, 4));
    }

    private static World oneReader(String order) {
        return new World(1, 1).with(world -> new Writer(world, 0)).reader(order);
    }

    private static World twoReaders(int leaseQuarters) {
        return twoReaders("LS1F", leaseQuarters);
    }

    private static World twoReaders(String order, int leaseQuarters) {
        return new World(1, 1, 1)
                .with(world -> new Writer(world, 1))
                .reader(order, leaseQuarters)
                .reader(order, leaseQuarters)
                .with(world -> new Clock(world, 4));
    }

    private static World twoRows(String order, int... programs) {
        return new World(2, programs).with(world -> new Writer(world, 0)).reader(order);
    }

    /** The first transaction's records have an id, the second's have none. */
    private static World withoutIds() {
        return new World(1, 1, 1)
                .with(world -> new Writer(world, 0)
                        .fencing(transaction -> transaction == 0 ? Fence.of(Source.id(0)) : Fence.REFUSE_ALL))
                .reader("LS1FLS1F")
                .with(world -> new Clock(world, 2, 4));
    }

    private static World redelivered() {
        return new World(1, 1, 1).with(world -> new Writer(world, 1)).reader("LS1F");
    }

    /** What the lease alone must keep. */
    private static Supplier<World> visibleAtOnce(int leaseQuarters) {
        return () -> new World(1, 1)
                .source(Source::visibleAtOnce)
                .with(world -> new Writer(world, 1))
                .reader("LS1F", leaseQuarters)
                .reader("LS1F", leaseQuarters)
                .with(world -> new Clock(world, 4));
    }

    private static World failover(boolean replays) {
        return new World(1, 1, 1)
                .judgedWhenQuiet()
                .with(world -> new Writer(world, 0))
                .reader("LS1FLS1F")
                .with(world -> new Failover(world, replays));
    }
}
