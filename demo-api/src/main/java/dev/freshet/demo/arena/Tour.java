package dev.freshet.demo.arena;

import dev.freshet.demo.arena.Herd.Stampede;
import dev.freshet.demo.strategy.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Plays the comparison for a while, calm and with each fault. Confined to one thread. */
public final class Tour {

    /** @param readings what each strategy did meanwhile */
    record Act(String name, List<Reading> readings) {
        Act {
            readings = List.copyOf(readings);
        }
    }

    /**
     * What came of it.
     *
     * @param applied how many changes were seen applied to Freshet's cache
     */
    public record Outcome(LoadSettings load, List<Act> acts, List<Stampede> herd, long applied) {

        public Outcome {
            acts = List.copyOf(acts);
            herd = List.copyOf(herd);
        }

        /** How many reads Freshet served without a change that was applied to its cache before they began. */
        public long broken() {
            return acts.get(acts.size() - 1).readings().stream()
                    .filter(reading -> reading.kind() == Kind.FRESHET)
                    .mapToLong(Reading::broken)
                    .sum();
        }

        /** Freshet kept its promise, and there was something to keep. */
        public boolean kept() {
            return broken() == 0 && applied > 0;
        }
    }

    private final Arena arena;
    private final Duration length;

    /** @param length of the whole, about; stopping and starting servers comes on top */
    public Tour(Arena arena, Duration length) {
        this.arena = arena;
        this.length = length;
    }

    public Outcome play() throws InterruptedException {
        List<Act> acts = new ArrayList<>();
        arena.load(LoadSettings.USUAL);
        // The scene's truncate holds the watermark back for a while: who demands it would measure the database.
        arena.demandFreshness(false);
        arena.run(true);
        // Classes are loaded and caches filled before anything is measured.
        pause(0.1);
        acts.add(act("Nothing fails", () -> pause(0.45)));
        arena.demandFreshness(true);
        acts.add(act("The listeners are stopped, then started again", () -> {
            arena.listen(false);
            pause(0.2);
            arena.listen(true);
            pause(0.1);
        }));
        acts.add(act("Redis is killed, then started again", () -> {
            arena.redis(false);
            pause(0.05);
            arena.redis(true);
            pause(0.1);
        }));
        arena.run(false);
        return new Outcome(LoadSettings.USUAL, acts, arena.herd(), arena.applied());
    }

    @FunctionalInterface
    private interface Play {
        void run() throws InterruptedException;
    }

    private Act act(String name, Play play) throws InterruptedException {
        arena.reset();
        play.run();
        return new Act(name, arena.look());
    }

    private void pause(double share) throws InterruptedException {
        Thread.sleep((long) (length.toMillis() * share));
    }
}
