package dev.freshet.redis.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchedulesTest {

    private static final int WALKS = 4;

    @Test
    void everyOrderIsThereUpToStepsThatCommute() {
        World world = world();
        Set<List<String>> all = new HashSet<>();
        collect(world, List.of(), all);
        Schedules schedules = new Schedules(SchedulesTest::world);

        Set<List<String>> enumerated =
                LongStream.range(0, schedules.count()).mapToObj(schedules::at).collect(Collectors.toSet());

        assertThat((long) enumerated.size()).isEqualTo(schedules.count());
        assertThat(enumerated).isSubsetOf(all).hasSizeLessThan(all.size());
        assertThat(all.stream().map(SchedulesTest::sorted)).allMatch(enumerated::contains);
    }

    @Test
    void aSeedDrawsTheSameSchedulesAgain() {
        Schedules schedules = new Schedules(SchedulesTest::world);

        assertThat(schedules.drawn(10, 1).toList())
                .isEqualTo(schedules.drawn(10, 1).toList())
                .doesNotHaveDuplicates()
                .hasSize(10)
                .isNotEqualTo(schedules.drawn(10, 2).toList());
        assertThat(schedules.drawn(Integer.MAX_VALUE, 1).distinct().count()).isEqualTo(schedules.count());
    }

    static Stream<Interleavings.Scenario> scenarios() {
        return Stream.of(
                        new FillInterleavingsIT(),
                        new TimeInterleavingsIT(),
                        new RefreshInterleavingsIT(),
                        new QueryInterleavingsIT(),
                        new PatternInterleavingsIT(),
                        new TagInterleavingsIT(),
                        new ClientInterleavingsIT())
                .flatMap(family -> Stream.concat(family.kept(), family.broken()));
    }

    /** Wherever two steps are said to commute, they do: neither lets the other happen, and both orders come to the same. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void whatIsSaidToCommuteDoes(Interleavings.Scenario scenario) {
        World world = scenario.world().get();
        List<int[]> states = reachable(world);

        List<String> wrong = states.stream()
                .flatMap(state -> doNotCommute(world, state).stream())
                .distinct()
                .toList();

        assertThat(wrong).isEmpty();
    }

    /** The states of a few random walks; there are many scenarios. */
    private static List<int[]> reachable(World world) {
        Random random = new Random(1);
        List<int[]> states = new ArrayList<>();
        int[] start = world.save();
        for (int walk = 0; walk < WALKS; walk++) {
            world.restore(start);
            List<Step> steps = world.possible();
            while (!steps.isEmpty()) {
                states.add(world.save());
                steps.get(random.nextInt(steps.size())).move().run();
                steps = world.possible();
            }
        }
        world.restore(start);
        return states;
    }

    private static List<String> doNotCommute(World world, int[] state) {
        List<String> wrong = new ArrayList<>();
        world.restore(state);
        Map<Integer, String> before = seen(world);
        for (Step first : world.possible()) {
            world.restore(state);
            first.move().run();
            int[] after = world.save();
            wrong.addAll(changesUnsaid(first, before, seen(world)));
            for (Step second : world.possible()) {
                if (second.commutesWith(first)) {
                    world.restore(after);
                    second.move().run();
                    int[] inOrder = world.save();
                    world.restore(state);
                    if (!move(world, second.name())
                            || !move(world, first.name())
                            || !Arrays.equals(world.save(), inOrder)) {
                        wrong.add(first.name() + " and " + second.name());
                    }
                }
            }
        }
        return wrong;
    }

    private static List<String> changesUnsaid(Step step, Map<Integer, String> before, Map<Integer, String> after) {
        return before.entrySet().stream()
                .filter(seen ->
                        (step.writes() & seen.getKey()) == 0 && !seen.getValue().equals(after.get(seen.getKey())))
                .map(seen -> step.name() + " changes " + seen.getKey())
                .toList();
    }

    /** What the deeds of others look at, by what they then say that they read. */
    private static Map<Integer, String> seen(World world) {
        Source source = world.source;
        List<Integer> rows = IntStream.range(0, source.rows()).boxed().toList();
        return Map.of(
                Step.VISIBILITY,
                source.snapshot()
                        + source.endedSoFar()
                        + rows.stream().map(source::visible).toList(),
                Step.IDS | Step.VISIBILITY | Step.LOG,
                rows.stream().map(source::uncommitted).toList().toString(),
                Step.LOG,
                IntStream.range(0, source.logged())
                        .mapToObj(source::logged)
                        .toList()
                        .toString(),
                Step.CACHE,
                world.published() + rows.stream().map(world::applied).toList().toString());
    }

    private static World world() {
        return new World(2, 1, 2).with(world -> new Writer(world, 0)).reader("SF");
    }

    private static boolean move(World world, String name) {
        List<Step> steps = world.possible(name);
        steps.forEach(step -> step.move().run());
        return steps.size() == 1;
    }

    private static void collect(World world, List<String> sofar, Set<List<String>> all) {
        if (world.complete()) {
            all.add(sofar);
            return;
        }
        int[] state = world.save();
        for (Step step : world.possible()) {
            world.restore(state);
            step.move().run();
            collect(world, Stream.concat(sofar.stream(), Stream.of(step.name())).toList(), all);
        }
        world.restore(state);
    }

    /** The same with every pair of neighbours that commute in their actors' order. */
    private static List<String> sorted(List<String> schedule) {
        World world = world();
        List<Step> steps = new ArrayList<>();
        for (String name : schedule) {
            Step step = world.possible(name).get(0);
            step.move().run();
            steps.add(step);
        }
        for (int i = misplaced(world, steps); i >= 0; i = misplaced(world, steps)) {
            Collections.swap(steps, i, i + 1);
        }
        return steps.stream().map(Step::name).toList();
    }

    private static int misplaced(World world, List<Step> steps) {
        for (int i = 0; i + 1 < steps.size(); i++) {
            Step one = steps.get(i);
            Step next = steps.get(i + 1);
            if (world.actors.indexOf(next.actor()) < world.actors.indexOf(one.actor()) && next.commutesWith(one)) {
                return i;
            }
        }
        return -1;
    }
}
