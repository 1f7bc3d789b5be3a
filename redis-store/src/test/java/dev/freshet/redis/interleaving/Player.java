package dev.freshet.redis.interleaving;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Plays schedules on the real Redis, many at a time in lockstep, each on a key of its own. Confined to one thread.
 */
final class Player {

    private static final int AT_ONCE = 500;

    private final Supplier<World> worlds;
    private final Cache cache;
    private long played;
    private long judged;
    private int rounds;

    Player(Supplier<World> worlds, Cache cache) {
        this.worlds = worlds;
        this.cache = cache;
    }

    /** A schedule up to the step at which it broke, and what was wrong. */
    record Broken(List<String> schedule, String verdict, List<String> trace) {
        @Override
        public String toString() {
            return verdict + "\n  " + String.join(" ", schedule) + "\n    " + String.join("\n    ", trace);
        }
    }

    long played() {
        return played;
    }

    /** In how many schedules a value stood at some time, and was judged. */
    long judged() {
        return judged;
    }

    /** Plays until one breaks: one of those, among the schedules played together, that break first. */
    Optional<Broken> play(Stream<List<String>> schedules) {
        Iterator<List<String>> rest = schedules.iterator();
        while (rest.hasNext()) {
            List<List<String>> next = new ArrayList<>();
            while (rest.hasNext() && next.size() < AT_ONCE) {
                next.add(rest.next());
            }
            played += next.size();
            Optional<Broken> broken = together(next);
            if (broken.isPresent()) {
                return broken;
            }
        }
        return Optional.empty();
    }

    /** Leaves out what is not needed for a schedule to break. */
    Broken shortest(Broken broken) {
        Broken shortest = broken;
        while (true) {
            Optional<Broken> shorter = together(shortened(shortest.schedule()));
            if (shorter.isEmpty()) {
                return shortest;
            }
            shortest = shorter.get();
        }
    }

    private List<List<String>> shortened(List<String> schedule) {
        Set<List<String>> shorter = new LinkedHashSet<>();
        for (int i = 0; i < schedule.size(); i++) {
            for (int j = i; j < schedule.size(); j++) {
                for (int k = j; k < schedule.size(); k++) {
                    List<String> rest = new ArrayList<>(schedule);
                    rest.remove(k);
                    if (j < k) {
                        rest.remove(j);
                    }
                    if (i < j) {
                        rest.remove(i);
                    }
                    if (mayHappen(rest)) {
                        shorter.add(rest);
                    }
                }
            }
        }
        return List.copyOf(shorter);
    }

    /** Plays one schedule, and tells what each step did. */
    String told(List<String> schedule) {
        Play play = new Play("told", worlds.get(), schedule);
        cache.empty();
        while (play.hasNext() && play.broken().isEmpty()) {
            step(List.of(play));
        }
        return play.told();
    }

    boolean mayHappen(List<String> schedule) {
        World world = worlds.get();
        for (String name : schedule) {
            List<Step> steps = world.possible(name);
            if (steps.isEmpty()) {
                return false;
            }
            steps.get(0).move().run();
        }
        return true;
    }

    private Optional<Broken> together(List<List<String>> schedules) {
        cache.empty();
        List<Play> plays = new ArrayList<>();
        rounds++;
        for (List<String> schedule : schedules) {
            plays.add(new Play("r" + rounds + "s" + plays.size(), worlds.get(), schedule));
        }
        List<Play> playing = plays;
        while (!playing.isEmpty()) {
            playing = playing.stream().filter(Play::hasNext).toList();
            step(playing);
            Optional<Broken> broken =
                    playing.stream().flatMap(play -> play.broken().stream()).findFirst();
            if (broken.isPresent()) {
                return broken;
            }
        }
        judged += plays.stream().filter(Play::hadValue).count();
        return Optional.empty();
    }

    private void step(List<Play> plays) {
        plays.forEach(play -> play.step(cache));
        cache.settle();
        List<Play> looking = plays.stream().filter(Play::touchedCache).toList();
        List<Optional<String>> values =
                cache.values(looking.stream().map(Play::key).toList());
        for (int i = 0; i < looking.size(); i++) {
            looking.get(i).look(values.get(i));
        }
        plays.forEach(Play::judge);
    }

    /** One schedule as it is played. */
    private static final class Play {

        private final World world;
        private final List<String> schedule;
        private final List<String> trace = new ArrayList<>();
        private int at;
        private boolean hadValue;
        private List<Step> last = List.of();
        private Optional<String> before = Optional.empty();
        private Optional<String> value = Optional.empty();
        private Optional<String> verdict = Optional.empty();

        Play(String name, World world, List<String> schedule) {
            this.world = world;
            this.schedule = schedule;
            world.name(name);
        }

        boolean hasNext() {
            return at < schedule.size();
        }

        void step(Cache cache) {
            last = world.possible(schedule.get(at));
            if (last.isEmpty()) {
                throw new IllegalArgumentException("after " + schedule.subList(0, at) + " there may not be "
                        + schedule.get(at) + ", but " + world.possible());
            }
            at++;
            last.get(0).deed().accept(cache);
            last.get(0).move().run();
        }

        boolean touchedCache() {
            return last.get(0).touchesCache();
        }

        String key() {
            return world.key();
        }

        void look(Optional<String> found) {
            value = found;
            hadValue |= found.isPresent();
        }

        void judge() {
            verdict = Judge.verdict(world, last.get(0), before, value);
            before = value;
            String notes = world.takeNotes();
            trace.add(last.get(0).name()
                    + (notes.isEmpty() ? "" : " (" + notes + ")")
                    + value.map(text -> ", value " + text).orElse(""));
        }

        Optional<Broken> broken() {
            return verdict.map(what -> new Broken(schedule.subList(0, at), what, trace));
        }

        String told() {
            return String.join("\n    ", trace) + "\n  " + verdict.orElse("holds");
        }

        boolean hadValue() {
            return hadValue;
        }
    }
}
