package dev.freshet.redis.interleaving;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A PostgreSQL of a few transactions. A commit is in the log, where it can be decoded, before others see it; until then it
 * keeps its rows locked. Transactions get their ids in order, and commit and become visible in any order that locks allow.
 */
final class Source {

    /** Beyond 32 bits, and far enough apart that a subtransaction's id fits between. */
    private static final long FIRST_ID = (1L << 32) + 1000;

    private static final int APART = 10;

    private static final int IDLE = 0;
    private static final int CHANGED = 1;
    private static final int COMMITTED = 2;
    private static final int VISIBLE = 3;
    private static final int ABORTED = 4;

    private final World world;
    private final int rows;
    private final int[] programs;
    private final Cell[] phases;
    private final Cell length;
    private final Cell[] log;
    private boolean aborts;
    private boolean visibleAtOnce;
    private boolean locks = true;

    Source(World world, int rows, int[] programs) {
        this.world = world;
        this.rows = rows;
        this.programs = programs.clone();
        this.phases = cells(world);
        this.length = world.cell(0);
        this.log = cells(world);
    }

    private Cell[] cells(World world) {
        return IntStream.range(0, programs.length).mapToObj(i -> world.cell(0)).toArray(Cell[]::new);
    }

    /** Transactions may abort. */
    void withAborts() {
        aborts = true;
    }

    /** A commit is visible when it is in the log, which PostgreSQL does not promise. */
    void visibleAtOnce() {
        visibleAtOnce = true;
    }

    /** Each transaction changes another row; what the world calls a row is a key that their images share. */
    void withoutLocks() {
        locks = false;
    }

    int rows() {
        return rows;
    }

    int size() {
        return programs.length;
    }

    boolean changes(int transaction, int row) {
        return (programs[transaction] >> row & 1) == 1;
    }

    // ------------------------------------------------------------ what readers see

    static long id(int transaction) {
        return FIRST_ID + (long) APART * transaction;
    }

    /** Of a subtransaction, which no snapshot lists. */
    static long subtransactionId(int transaction) {
        return id(transaction) + 1;
    }

    /** Whether it has ended, for everybody. */
    boolean ended(int transaction) {
        return phases[transaction].get() >= VISIBLE;
    }

    /** {@code pg_current_snapshot()}: up to the latest id that ended, all but those in progress. */
    String snapshot() {
        long xmax = FIRST_ID - APART + 1;
        for (int t = 0; t < size(); t++) {
            xmax = ended(t) ? id(t) + 1 : xmax;
        }
        List<String> inProgress = new ArrayList<>();
        for (int t = 0; t < size(); t++) {
            if (phases[t].get() != IDLE && !ended(t) && id(t) < xmax) {
                inProgress.add(Long.toString(id(t)));
            }
        }
        return (inProgress.isEmpty() ? xmax : inProgress.get(0)) + ":" + xmax + ":" + String.join(",", inProgress);
    }

    /** The transactions that have ended, as bits: what a repeatable-read transaction that begins now will see. */
    int endedSoFar() {
        return IntStream.range(0, size()).filter(this::ended).map(t -> 1 << t).sum();
    }

    /** A row's value as others see it. */
    int visible(int row) {
        return IntStream.range(0, size())
                .filter(t -> phases[t].get() == VISIBLE && changes(t, row))
                .map(t -> 1 << t)
                .sum();
    }

    /** What transactions have changed and not yet committed, as they see it themselves. */
    int uncommitted(int row) {
        return IntStream.range(0, size())
                .filter(t -> phases[t].get() == CHANGED && changes(t, row))
                .map(t -> 1 << t)
                .sum();
    }

    // ------------------------------------------------------------ the log

    int logged() {
        return length.get();
    }

    /** The transaction at a place of the log. */
    int logged(int place) {
        return log[place].get();
    }

    /** The transactions that changed a row, in the order of their commits. */
    List<Integer> loggedOf(int row) {
        return IntStream.range(0, logged())
                .map(this::logged)
                .filter(t -> changes(t, row))
                .boxed()
                .toList();
    }

    /** Where a transaction's commit stands in the log; -1 where it does not. */
    int placeOf(int transaction) {
        for (int i = 0; i < logged(); i++) {
            if (logged(i) == transaction) {
                return i;
            }
        }
        return -1;
    }

    /** What a row's image in the log reflects: its transaction and those that committed before it. */
    int image(int transaction) {
        return IntStream.rangeClosed(0, placeOf(transaction))
                .map(i -> 1 << logged(i))
                .sum();
    }

    // ------------------------------------------------------------ transactions

    List<Actor> transactions() {
        return IntStream.range(0, size()).<Actor>mapToObj(Transaction::new).toList();
    }

    private final class Transaction extends Actor {

        private final int number;

        Transaction(int number) {
            super(Source.this.world);
            this.number = number;
        }

        @Override
        void offer(List<Step> steps) {
            switch (phases[number].get()) {
                case IDLE -> {
                    boolean itsTurn = number == 0 || phases[number - 1].get() != IDLE;
                    if (itsTurn && unlocked()) {
                        steps.add(named("changes", Step.VISIBILITY, Step.IDS, CHANGED));
                    }
                }
                case CHANGED -> {
                    steps.add(step(
                            name("commits"),
                            0,
                            visibleAtOnce ? Step.LOG | Step.VISIBILITY : Step.LOG,
                            this::commit,
                            Step.NOTHING));
                    if (aborts) {
                        steps.add(named("aborts", 0, Step.VISIBILITY, ABORTED));
                    }
                }
                case COMMITTED -> steps.add(named("visible", 0, Step.VISIBILITY, VISIBLE));
                default -> {}
            }
        }

        private boolean unlocked() {
            return !locks
                    || IntStream.range(0, size())
                            .noneMatch(other -> (programs[other] & programs[number]) != 0
                                    && phases[other].get() != IDLE
                                    && !ended(other));
        }

        private void commit() {
            phases[number].set(visibleAtOnce ? VISIBLE : COMMITTED);
            log[length.get()].set(number);
            length.add(1);
        }

        private Step named(String what, int reads, int writes, int phase) {
            return step(name(what), reads, writes, () -> phases[number].set(phase), Step.NOTHING);
        }

        private String name(String what) {
            return "tx" + (number + 1) + "." + what;
        }

        @Override
        boolean finished() {
            return ended(number);
        }

        @Override
        boolean idle() {
            return finished() || phases[number].get() == IDLE;
        }
    }
}
