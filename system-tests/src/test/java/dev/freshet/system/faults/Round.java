package dev.freshet.system.faults;

import dev.freshet.system.faults.Fault.Target;
import dev.freshet.system.faults.Fault.Undo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One to three faults, and when each strikes and ends, all by one seed. Immutable. */
record Round(long seed, List<Blow> blows) {

    private static final Duration LOAD_AROUND = Duration.ofMillis(400);

    /** @param at after the load began */
    record Blow(Fault fault, Duration at, Duration length) {
        @Override
        public String toString() {
            return fault + " at " + at.toMillis() + " ms for " + length.toMillis() + " ms";
        }
    }

    /** @param kinds to draw from */
    static Round draw(long seed, List<Fault> kinds) {
        Random random = scrambled(seed);
        int wanted = 1 + random.nextInt(3);
        Set<Target> taken = EnumSet.noneOf(Target.class);
        List<Blow> blows = new ArrayList<>();
        for (int attempt = 0; attempt < 20 && blows.size() < wanted; attempt++) {
            Fault fault = kinds.get(random.nextInt(kinds.size()));
            Duration at = LOAD_AROUND.plusMillis(random.nextInt(1_000));
            Duration length = fault.length(random);
            boolean rare = fault.isLong() && kinds.size() > 1 && random.nextInt(4) > 0;
            if (!rare && fault.targets().stream().noneMatch(taken::contains)) {
                taken.addAll(fault.targets());
                blows.add(new Blow(fault, at, length));
            }
        }
        return new Round(seed, List.copyOf(blows));
    }

    /** One fault alone. */
    static Round alone(long seed, Fault fault) {
        Random random = scrambled(seed);
        return new Round(
                seed, List.of(new Blow(fault, LOAD_AROUND.plusMillis(random.nextInt(1_000)), fault.length(random))));
    }

    /** Of neighbouring seeds, Java's first numbers are neighbours. */
    private static Random scrambled(long seed) {
        return new Random(seed * 0x9E3779B97F4A7C15L);
    }

    /** Before the load begins. */
    void prepare(Stage stage) throws Exception {
        for (Blow blow : blows) {
            blow.fault().prepare(stage);
        }
    }

    /** When all is judged. */
    void clear(Stage stage) throws Exception {
        for (Blow blow : blows) {
            blow.fault().clear(stage);
        }
    }

    /** Strikes and ends all; returns a moment after the last has ended. */
    void play(Stage stage) throws InterruptedException, ExecutionException {
        ExecutorService hands = Executors.newFixedThreadPool(blows.size());
        try {
            List<Future<Void>> struck = new ArrayList<>();
            for (int i = 0; i < blows.size(); i++) {
                Blow blow = blows.get(i);
                Random random = scrambled(seed * 41 + i);
                struck.add(hands.submit(() -> {
                    play(blow, stage, random);
                    return null;
                }));
            }
            Optional<ExecutionException> failure = Optional.empty();
            for (Future<Void> blow : struck) {
                try {
                    blow.get();
                } catch (ExecutionException e) {
                    failure = Optional.of(e);
                }
            }
            if (failure.isPresent()) {
                throw failure.get();
            }
        } finally {
            hands.shutdown();
        }
        Moments.pass(LOAD_AROUND);
    }

    @Override
    public String toString() {
        return "seed " + seed + ": " + blows;
    }

    private static void play(Blow blow, Stage stage, Random random) throws Exception {
        Moments.pass(blow.at());
        stage.chronicle().tell(blow.fault() + " begins");
        Undo undo = blow.fault().strike(stage, random);
        stage.chronicle().tell(blow.fault() + " stands");
        Moments.pass(blow.length());
        stage.chronicle().tell(blow.fault() + " ends");
        undo.undo();
        stage.chronicle().tell(blow.fault() + " is over");
    }
}
