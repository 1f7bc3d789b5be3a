package dev.freshet.redis.interleaving;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every interleaving of a world's steps, numbered in the order of a depth-first walk. Of schedules that differ only in the
 * order of neighbouring steps that do not touch the same thing, it holds one: a step never follows a neighbour with which it
 * commutes and whose actor comes later. They are counted once for each state, so that any one is found by its number.
 */
final class Schedules {

    private final World world;
    private final Map<String, Long> counts = new HashMap<>();
    private final long count;

    Schedules(Supplier<World> world) {
        this.world = world.get();
        this.count = count(Optional.empty());
    }

    long count() {
        return count;
    }

    /** All where there are no more than the limit, else so many of them; in an order drawn by the seed. */
    Stream<List<String>> drawn(int limit, long seed) {
        Random random = new Random(seed);
        if (count > limit) {
            return random.longs(0, count).distinct().limit(limit).mapToObj(this::at);
        }
        List<Long> numbers = LongStream.range(0, count).boxed().collect(Collectors.toList());
        Collections.shuffle(numbers, random);
        return numbers.stream().map(this::at);
    }

    /** The schedule of this number. */
    List<String> at(long number) {
        int[] start = world.save();
        List<String> schedule = new ArrayList<>();
        Optional<Step> last = Optional.empty();
        long rest = number;
        while (!world.complete()) {
            @Nullable Step chosen = null;
            for (Step step : next(last)) {
                long after = countAfter(step);
                if (rest < after) {
                    chosen = step;
                    break;
                }
                rest -= after;
            }
            Step step = Objects.requireNonNull(chosen, "there is no schedule of this number");
            step.move().run();
            schedule.add(step.name());
            last = Optional.of(step);
        }
        world.restore(start);
        return schedule;
    }

    private List<Step> next(Optional<Step> last) {
        return world.possible().stream()
                .filter(step -> last.isEmpty() || !belongsBefore(step, last.get()))
                .toList();
    }

    private boolean belongsBefore(Step step, Step last) {
        return world.actors.indexOf(step.actor()) < world.actors.indexOf(last.actor()) && step.commutesWith(last);
    }

    private long countAfter(Step step) {
        int[] before = world.save();
        step.move().run();
        long found = count(Optional.of(step));
        world.restore(before);
        return found;
    }

    private long count(Optional<Step> last) {
        if (world.complete()) {
            return 1;
        }
        String here = name(last);
        Long known = counts.get(here);
        if (known == null) {
            long sum = 0;
            for (Step step : next(last)) {
                sum = Math.addExact(sum, countAfter(step));
            }
            counts.put(here, sum);
            return sum;
        }
        return known;
    }

    /** What the further schedules depend on. */
    private String name(Optional<Step> last) {
        StringBuilder name = new StringBuilder();
        for (int number : world.save()) {
            name.append((char) number);
        }
        last.ifPresent(step -> name.append((char) world.actors.indexOf(step.actor()))
                .append((char) step.reads())
                .append((char) step.writes()));
        return name.toString();
    }
}
