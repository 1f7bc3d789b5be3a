package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Every order in which reads over one tracked connection, changes at the server and what it sends may fall (rule 21; H1 to
 * H4 of the fill model). The server remembers a key once it was read, and tells once of its next change; replies and pushes
 * come in the order in which they were sent, but what a reply completes goes on later, on another thread. When nothing is
 * under way any more, the near cache holds the newest value or none.
 *
 * <p>A schedule is the list of choices among the steps that are possible: it is printed where it breaks.
 */
class NearCacheInterleavingsTest {

    private static final ValueType<Integer> TYPE = ValueType.of(Integer.class);
    private static final String KEY = "k";
    private static final int READS = 2;
    private static final int CHANGES = 2;

    /** How a client keeps what it has read. */
    private enum Client {
        /** As written. */
        PLACEHOLDER,
        /** H2: puts what a read returned, whatever was told meanwhile. */
        NO_PLACEHOLDER,
        /** Serves a value beside a watermark only if that came over the same connection, and before the value was looked up. */
        WATERMARK,
        /** Reads the watermark over another connection, where it may overtake a push. */
        WATERMARK_FROM_ELSEWHERE,
        /** Looks the value up first. */
        WATERMARK_AFTERWARDS,
        /** H1, H4: keeps what it stored itself, of which NOLOOP tells nothing. */
        KEEPS_ITS_FILLS
    }

    /** One client, one server, and what is between them. */
    private static final class World {
        private final Client client;
        private final NearCache near = new NearCache(1 << 20, Duration.ofHours(1));
        private final Deque<Runnable> wire = new ArrayDeque<>();
        private final List<Runnable> threads = new ArrayList<>();
        private int version;
        private boolean tracked;
        private int reads = READS;
        private int changes = CHANGES;
        private int fills = 1;

        /** The newest version that a watermark told of, and how often it may be asked for, and a value be served beside it. */
        private int known;

        private int questions;
        private int hits;
        private boolean servedTooOld;

        World(Client client) {
            this.client = client;
            if (client.name().startsWith("WATERMARK")) {
                reads = 1;
                questions = 1;
                hits = 1;
            }
        }

        List<Runnable> possible() {
            List<Runnable> steps = new ArrayList<>(threads.stream()
                    .<Runnable>map(step -> () -> {
                        threads.remove(step);
                        step.run();
                    })
                    .toList());
            if (!wire.isEmpty()) {
                steps.add(() -> wire.remove().run());
            }
            if (reads > 0) {
                steps.add(this::read);
            }
            if (changes > 0) {
                steps.add(this::change);
            }
            if (questions > 0) {
                steps.add(this::askForTheWatermark);
            }
            if (hits > 0) {
                steps.add(this::hit);
            }
            if (client == Client.KEEPS_ITS_FILLS && fills > 0) {
                steps.add(this::fill);
            }
            return steps;
        }

        private void read() {
            reads--;
            NearCache.Slot placeholder = near.placeholder(KEY);
            threads.add(() -> {
                // The command reaches the server.
                int value = version;
                tracked = true;
                wire.add(() -> threads.add(() -> keep(placeholder, value)));
            });
        }

        private void keep(NearCache.Slot placeholder, int value) {
            NearCache.Slot stands = client == Client.NO_PLACEHOLDER ? near.placeholder(KEY) : placeholder;
            near.keep(KEY, stands, TYPE, Optional.of(value), 4);
        }

        private void change() {
            changes--;
            version++;
            if (tracked) {
                tracked = false;
                wire.add(() -> near.invalidated(KEY));
            }
        }

        /** The server's watermark tells of all that it has applied: more than that no watermark ever does. */
        private void askForTheWatermark() {
            questions--;
            threads.add(() -> {
                int told = version;
                if (client == Client.WATERMARK_FROM_ELSEWHERE) {
                    threads.add(() -> known = told);
                } else {
                    wire.add(() -> threads.add(() -> known = told));
                }
            });
        }

        private void hit() {
            hits--;
            int before = known;
            Optional<Integer> value = near.get(KEY, TYPE).flatMap(kept -> kept);
            if (client == Client.WATERMARK_AFTERWARDS) {
                threads.add(() -> serve(value, known));
            } else {
                serve(value, before);
            }
        }

        private void serve(Optional<Integer> value, int beside) {
            servedTooOld |= value.filter(kept -> kept < beside).isPresent();
        }

        /** It stores the newest value itself, over the same connection, and keeps it. */
        private void fill() {
            fills--;
            int value = version;
            NearCache.Slot placeholder = near.placeholder(KEY);
            threads.add(() -> near.keep(KEY, placeholder, TYPE, Optional.of(value), 4));
        }

        boolean stale() {
            return servedTooOld
                    || near.get(KEY, TYPE)
                            .flatMap(value -> value)
                            .filter(kept -> kept != version)
                            .isPresent();
        }
    }

    /** How many schedules were played, and the first that left an old value. */
    private record Played(long schedules, Optional<List<Integer>> broken) {}

    private static Played play(Client client) {
        long schedules = 0;
        Deque<Integer> choices = new ArrayDeque<>();
        while (true) {
            World world = new World(client);
            List<Integer> taken = new ArrayList<>();
            List<Integer> width = new ArrayList<>();
            Deque<Integer> prescribed = new ArrayDeque<>(choices);
            for (List<Runnable> steps = world.possible(); !steps.isEmpty(); steps = world.possible()) {
                int choice = prescribed.isEmpty() ? 0 : prescribed.remove();
                taken.add(choice);
                width.add(steps.size());
                steps.get(choice).run();
            }
            schedules++;
            if (world.stale()) {
                return new Played(schedules, Optional.of(taken));
            }
            int last = taken.size() - 1;
            while (last >= 0 && taken.get(last) + 1 == width.get(last)) {
                last--;
            }
            if (last < 0) {
                return new Played(schedules, Optional.empty());
            }
            choices = new ArrayDeque<>(taken.subList(0, last));
            choices.add(taken.get(last) + 1);
        }
    }

    @Test
    void noOrderLeavesAnOldValue() {
        Played played = play(Client.PLACEHOLDER);
        assertThat(played.broken()).isEmpty();
        assertThat(played.schedules()).isGreaterThan(1_000);
        System.out.printf("near cache: %,d schedules%n", played.schedules());
    }

    @Test
    void noOrderServesAValueThatIsOlderThanTheWatermarkBesideIt() {
        Played played = play(Client.WATERMARK);
        assertThat(played.broken()).isEmpty();
        assertThat(played.schedules()).isGreaterThan(1_000);
        System.out.printf("near cache beside watermarks: %,d schedules%n", played.schedules());
    }

    @Test
    void aWatermarkFromElsewhereOvertakesAPush() {
        assertThat(play(Client.WATERMARK_FROM_ELSEWHERE).broken()).isPresent();
    }

    @Test
    void aWatermarkThatIsLookedUpAfterTheValueTellsTooMuch() {
        assertThat(play(Client.WATERMARK_AFTERWARDS).broken()).isPresent();
    }

    @Test
    void withoutAPlaceholderSomeOrderDoes() {
        assertThat(play(Client.NO_PLACEHOLDER).broken()).isPresent();
    }

    @Test
    void keepingItsOwnFillsSomeOrderDoes() {
        assertThat(play(Client.KEEPS_ITS_FILLS).broken()).isPresent();
    }
}
