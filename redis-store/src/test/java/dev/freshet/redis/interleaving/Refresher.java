package dev.freshet.redis.interleaving;

import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Applies the log to the key as a refresh mapping does, a letter for each transaction: s stores its image, d deletes, u
 * deletes where the position is not known, t truncates the table: fences the key's pattern, then sweeps it.
 */
final class Refresher extends Actor {

    private static final int HALF = 2;

    private final String kinds;
    private final boolean ownPartitions;
    private final Cell done = world.cell(0);
    private final Cell swept = world.cell(0);
    private final Cell redeliveries;
    private final Cell[] ages;
    private final Cell[] fenceAges;
    private boolean deletesWhenOld = true;

    /** @param ownPartitions the records arrive in any order; otherwise in that of their commits */
    Refresher(World world, String kinds, boolean ownPartitions, int redeliveries) {
        super(world);
        this.kinds = kinds;
        this.ownPartitions = ownPartitions;
        this.redeliveries = world.cell(redeliveries);
        this.ages = cells();
        this.fenceAges = cells();
    }

    private Cell[] cells() {
        return kinds.chars().mapToObj(i -> world.cell(0)).toArray(Cell[]::new);
    }

    /** It stores what a record says however old the record is. */
    Refresher storingWhenOld() {
        deletesWhenOld = false;
        return this;
    }

    @Override
    void offer(List<Step> steps) {
        boolean before = true;
        for (int place = 0; place < world.source.logged(); place++) {
            int transaction = world.source.logged(place);
            if (done.has(transaction)) {
                if (redeliveries.get() > 0) {
                    steps.add(redeliver(transaction, place));
                }
            } else {
                if (ownPartitions || before) {
                    steps.add(next(transaction));
                }
                before = false;
            }
            if (fenceAges[transaction].get() > 0 && !world.source.ended(transaction)) {
                steps.add(again(transaction));
            }
        }
    }

    /** A removal, also of what was stored. */
    private Step again(int transaction) {
        return step(
                "writer.again" + (transaction + 1),
                Step.VISIBILITY,
                Step.CACHE,
                () -> fenceAges[transaction].set(0),
                cache -> cache.apply(new KeyCommand.Invalidate(
                        world.key(), Optional.empty(), fence(transaction), Optional.empty(), false)));
    }

    private Step redeliver(int transaction, int place) {
        return step(
                "writer.resumesat" + (transaction + 1),
                Step.LOG,
                Step.OFFSETS,
                () -> {
                    redeliveries.add(-1);
                    int until = ownPartitions ? place + 1 : world.source.logged();
                    for (int i = place; i < until; i++) {
                        done.clear(world.source.logged(i));
                        swept.clear(world.source.logged(i));
                    }
                },
                Step.NOTHING);
    }

    private Step next(int transaction) {
        String number = Integer.toString(transaction + 1);
        return switch (kinds.charAt(transaction)) {
            case 's' -> last("writer.refreshes" + number, transaction, cache -> cache.apply(refresh(transaction)));
            case 'd' ->
                last(
                        "writer.deletes" + number,
                        transaction,
                        cache -> cache.apply(delete(transaction, Optional.of(position(transaction)))));
            case 'u' ->
                last(
                        "writer.deletes" + number,
                        transaction,
                        cache -> cache.apply(delete(transaction, Optional.empty())));
            default ->
                swept.has(transaction)
                        ? last("writer.sweeps" + number, transaction, cache -> cache.sweep(world.glob()))
                        : step(
                                "writer.fences" + number,
                                Step.LOG,
                                Step.CACHE,
                                () -> swept.mark(transaction),
                                cache -> cache.fencePattern(
                                        world.glob(), fence(transaction), Optional.of(position(transaction))));
        };
    }

    private Step last(String name, int transaction, Consumer<Cache> deed) {
        return step(
                name,
                Step.LOG,
                Step.CACHE,
                () -> {
                    done.mark(transaction);
                    fenceAges[transaction].set(0);
                    world.applied(0, transaction);
                },
                deed);
    }

    private KeyCommand refresh(int transaction) {
        if (deletesWhenOld && ages[transaction].get() > HALF) {
            return delete(transaction, Optional.of(position(transaction)));
        }
        return new KeyCommand.Store(
                world.key(),
                Optional.empty(),
                new KeyCommand.Value.Text(world.value(new int[] {world.source.image(transaction)})),
                Optional.empty(),
                fence(transaction),
                position(transaction),
                world.published());
    }

    private KeyCommand delete(int transaction, Optional<Position> position) {
        return new KeyCommand.Invalidate(world.key(), Optional.empty(), fence(transaction), position, true);
    }

    private static Fence fence(int transaction) {
        return Fence.of(Source.id(transaction));
    }

    private Position position(int transaction) {
        long place = world.source.placeOf(transaction);
        return new Position(0, new Lsn(1000 * place), new Lsn(1000 * place + 10));
    }

    @Override
    boolean refreshes() {
        return true;
    }

    /** As with deletes; a sweep is not begun again here, so that no time passes until its transaction is visible. */
    @Override
    boolean letsPass(int quarters) {
        return fenced().allMatch(t ->
                world.source.ended(t) || (kinds.charAt(t) != 't' && fenceAges[t].get() + quarters <= HALF));
    }

    private IntStream fenced() {
        return IntStream.range(0, kinds.length()).filter(t -> (world.applied(0) >> t & 1) == 1 || swept.has(t));
    }

    @Override
    void pass(int quarters) {
        for (int place = 0; place < world.source.logged(); place++) {
            ages[world.source.logged(place)].add(quarters);
        }
        fenced().forEach(t -> fenceAges[t].add(quarters));
    }

    @Override
    boolean finished() {
        return IntStream.range(0, world.source.logged()).allMatch(place -> done.has(world.source.logged(place)));
    }
}
