package dev.freshet.redis.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.redis.AlteredScripts.Alteration;
import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plays a family of scenarios: those that hold, and those that break because a rule is missing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Interleavings {

    /** Played in full, always. */
    private static final int SMALL = 2000;

    /** Of larger ones so many are drawn. */
    private static final int AT_MOST = Integer.getInteger("freshet.interleavings", 500);
    /** A schedule that breaks may be rare, and must be found. */
    private static final int SEARCHED = Math.max(AT_MOST, 40_000);

    private static final long SEED = Long.getLong("freshet.interleavings.seed", new Random().nextLong());
    private static final String SCHEDULE = System.getProperty("freshet.interleavings.schedule", "");

    private @Nullable Server server;

    /** @param alterations what is changed in the scripts */
    record Scenario(String name, Supplier<World> world, List<Alteration> alterations) {

        static Scenario of(String name, Supplier<World> world, Alteration... alterations) {
            return new Scenario(name, world, List.of(alterations));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A Redis of this family's own, and a client for what no store does. */
    private record Server(EmbeddedStack stack, RedisClient client) implements AutoCloseable {

        static Server start(List<String> settings) {
            List<String> all = Stream.concat(Stream.of("--appendonly", "no", "--save", ""), settings.stream())
                    .toList();
            EmbeddedStack stack = EmbeddedStack.builder().redis(all).start();
            return new Server(stack, RedisClient.create(stack.redis().url()));
        }

        @Override
        public void close() {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            stack.close();
        }
    }

    /** Scenarios in which the promise is kept. */
    abstract Stream<Scenario> kept();

    /** Scenarios in which it is not, because something that keeps it was taken out. */
    abstract Stream<Scenario> broken();

    /** Of this family's Redis, as on its command line. */
    List<String> settings() {
        return List.of();
    }

    @BeforeAll
    void start() {
        server = Server.start(settings());
    }

    @ParameterizedTest
    @MethodSource("kept")
    void noScheduleLeavesAnOldValue(Scenario scenario) {
        run(scenario, scenario.alterations(), player -> {
            Schedules schedules = new Schedules(scenario.world());
            Optional<Player.Broken> found =
                    player.play(schedules.drawn(schedules.count() <= SMALL ? SMALL : AT_MOST, SEED));
            assertThat(found).as("%s, seed %d", scenario, SEED).isEmpty();
            assertThat(player.judged())
                    .as("%s, seed %d: schedules with a value to judge", scenario, SEED)
                    .isPositive();
            return String.format(
                    "%,d of %,d schedules, %,d with a value", player.played(), schedules.count(), player.judged());
        });
    }

    @ParameterizedTest
    @MethodSource("broken")
    void withoutTheRuleSomeScheduleDoes(Scenario scenario) {
        run(scenario, scenario.alterations(), player -> {
            Schedules schedules = new Schedules(scenario.world());
            Optional<Player.Broken> found = player.play(schedules.drawn(SEARCHED, SEED));
            assertThat(found)
                    .as("%s: one of %,d schedules breaks, seed %d", scenario, schedules.count(), SEED)
                    .isPresent();
            Player.Broken shortest = player.shortest(found.orElseThrow());
            if (!scenario.alterations().isEmpty()) {
                run(scenario, List.of(), asWritten -> {
                    assertThat(asWritten.play(Stream.of(shortest.schedule())))
                            .as("%s: the same schedule with the rule", scenario)
                            .isEmpty();
                    return "holds as written";
                });
            }
            return String.format("found within %,d of %,d schedules: %s", player.played(), schedules.count(), shortest);
        });
    }

    private void run(Scenario scenario, List<Alteration> alterations, Function<Player, String> test) {
        Server started = Objects.requireNonNull(server);
        long start = System.nanoTime();
        try (Stores stores = new Stores(started.stack().redis().url(), started.client(), alterations);
                var connection = started.client().connect()) {
            Player player = new Player(scenario.world(), new Cache(stores, connection.async()));
            String told = SCHEDULE.isBlank() ? test.apply(player) : replayed(player);
            System.out.printf("%s: %.1f s, %s%n", scenario, (System.nanoTime() - start) / 1e9, told);
        }
    }

    /** Where a schedule is given, that one is played and nothing else. */
    private static String replayed(Player player) {
        List<String> schedule = List.of(SCHEDULE.trim().split("\\s+"));
        return player.mayHappen(schedule) ? player.told(schedule) : "cannot play the schedule";
    }

    @AfterAll
    void close() {
        if (server != null) {
            server.close();
        }
    }
}
