package dev.freshet.redis.interleaving;

import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Applies the log to the key by invalidations, each row's records in a partition of their own. It keeps rule 4: no more
 * than half of a fence's window passes before it has seen the transaction in a snapshot or has applied it again. One that
 * stalls may be late for that; what it then sees, it acknowledges once it has applied it again.
 */
final class Writer extends Actor {

    private static final int HALF = 2;

    private final Cell[] positions;
    private final Cell[] ages;
    private final Cell seen = world.cell(0);
    private final Cell redeliveries;
    private IntFunction<Fence> fences = transaction -> Fence.of(Source.id(transaction));
    private int renewedBy = HALF;
    private boolean stalls;
    private boolean appliesWhenLate = true;
    private boolean remembers = true;

    /** @param redeliveries how often it may start again from an earlier record */
    Writer(World world, int redeliveries) {
        super(world);
        this.positions = cells(world.source.rows());
        this.ages = cells(world.source.size());
        this.redeliveries = world.cell(redeliveries);
    }

    private Cell[] cells(int count) {
        return IntStream.range(0, count).mapToObj(i -> world.cell(0)).toArray(Cell[]::new);
    }

    /** What it leaves in the fence for a transaction. */
    Writer fencing(IntFunction<Fence> fences) {
        this.fences = fences;
        return this;
    }

    /** It applies an unseen transaction again when its fence is so many quarters of the window old. */
    Writer renewingBy(int quarters) {
        renewedBy = quarters;
        return this;
    }

    /** Time passes whether or not it has done its duty; when it starts again, it does so at the first unseen record. */
    Writer stalling() {
        stalls = true;
        return this;
    }

    /** What it sees late it acknowledges all the same. */
    Writer notApplyingWhenLate() {
        appliesWhenLate = false;
        return this;
    }

    /** When it starts again, it takes what it has applied for seen. */
    Writer forgetting() {
        remembers = false;
        return this;
    }

    Cell[] positions() {
        return positions;
    }

    @Override
    void offer(List<Step> steps) {
        for (int row = 0; row < positions.length; row++) {
            List<Integer> records = world.source.loggedOf(row);
            int at = positions[row].get();
            if (at < records.size()) {
                steps.add(apply(row, records.get(at)));
            }
            if (redeliveries.get() > 0 && !stalls) {
                for (int from = 0; from < at; from++) {
                    steps.add(resume(row, from));
                }
            }
        }
        for (int t = 0; t < ages.length; t++) {
            if (isUnseen(t) && ages[t].get() > 0 && !world.source.ended(t)) {
                steps.add(again(t));
            }
        }
        if (stalls) {
            if (!unseenButEnded().isEmpty()) {
                steps.add(see(unseenButEnded()));
            }
            if (redeliveries.get() > 0 && IntStream.range(0, ages.length).anyMatch(this::isUnseen)) {
                steps.add(step("writer.restarts", 0, Step.OFFSETS, this::restart, Step.NOTHING));
            }
        }
    }

    private List<Integer> unseenButEnded() {
        return IntStream.range(0, ages.length)
                .filter(t -> isUnseen(t) && world.source.ended(t))
                .boxed()
                .toList();
    }

    private Step see(List<Integer> ended) {
        List<Integer> late = ended.stream()
                .filter(t -> appliesWhenLate && ages[t].get() > HALF)
                .toList();
        return step(
                "writer.sees",
                Step.VISIBILITY,
                Step.CACHE | Step.OFFSETS,
                () -> ended.forEach(seen::mark),
                cache -> invalidate(cache, late));
    }

    private void restart() {
        redeliveries.add(-1);
        for (int row = 0; row < positions.length; row++) {
            List<Integer> records = world.source.loggedOf(row);
            int seenUpTo = 0;
            while (seenUpTo < positions[row].get() && seen.has(records.get(seenUpTo))) {
                seenUpTo++;
            }
            if (remembers) {
                positions[row].set(seenUpTo);
            }
        }
        if (!remembers) {
            IntStream.range(0, ages.length).filter(this::isUnseen).forEach(seen::mark);
        }
    }

    private Step apply(int row, int transaction) {
        return step(
                "writer.applies" + (transaction + 1) + (positions.length > 1 ? "row" + (row + 1) : ""),
                Step.LOG,
                Step.CACHE,
                () -> {
                    positions[row].add(1);
                    ages[transaction].set(0);
                    world.applied(row, transaction);
                },
                cache -> invalidate(cache, List.of(transaction)));
    }

    private Step again(int transaction) {
        return step(
                "writer.again" + (transaction + 1),
                Step.VISIBILITY,
                Step.CACHE,
                () -> ages[transaction].set(0),
                cache -> invalidate(cache, List.of(transaction)));
    }

    private Step resume(int row, int from) {
        return step(
                "writer.resumes" + (row + 1) + "at" + (from + 1),
                0,
                Step.OFFSETS,
                () -> {
                    positions[row].set(from);
                    redeliveries.add(-1);
                },
                Step.NOTHING);
    }

    private void invalidate(Cache cache, List<Integer> transactions) {
        Fence fence = Fence.NONE;
        for (int transaction : transactions) {
            fence = fence.and(fences.apply(transaction));
        }
        if (!fence.isNone()) {
            cache.apply(new KeyCommand.Invalidate(world.key(), Optional.empty(), fence, Optional.empty(), false));
        }
    }

    private boolean isUnseen(int transaction) {
        return !seen.has(transaction)
                && IntStream.range(0, positions.length).anyMatch(row -> (world.applied(row) >> transaction & 1) == 1);
    }

    @Override
    boolean letsPass(int quarters) {
        return stalls
                || IntStream.range(0, ages.length)
                        .filter(this::isUnseen)
                        .allMatch(t -> world.source.ended(t) || ages[t].get() + quarters <= renewedBy);
    }

    @Override
    void pass(int quarters) {
        for (int t = 0; t < ages.length; t++) {
            if (isUnseen(t)) {
                ages[t].add(quarters);
                if (!stalls && world.source.ended(t)) {
                    seen.mark(t);
                }
            }
        }
    }

    @Override
    boolean finished() {
        boolean allSeen = !stalls || IntStream.range(0, ages.length).noneMatch(this::isUnseen);
        return allSeen
                && IntStream.range(0, positions.length)
                        .allMatch(row -> positions[row].get()
                                == world.source.loggedOf(row).size());
    }
}
