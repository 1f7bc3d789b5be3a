package dev.freshet.redis.fillmodel;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One key of a cluster of two primaries, A and B; one change of its row, which is in the log before it is visible; a writer that
 * applies the change, and may be begun again; readers that lease, load and fill. What stands in Redis (value, lease, member of a
 * tag) is at one primary, and moves when its slot does, each element at a moment of its own.
 *
 * <p>A walk over a primary does what SCAN promises and no more: what stands there from the walk's beginning to its end is
 * removed; anything else may be, at any moment. The time argument is the protocol's: a fence ends when the change is visible and
 * no lease stands that was granted before it was.
 */
final class ClusterWorld implements Exploration.World {

    /** What the writer does, one after the other. */
    enum Deed {
        PUBLISH_PATTERN,
        PUBLISH_VERSION,
        FENCE_PATTERN,
        WALK_LEASES,
        WALK_VALUES,
        WALK_BOTH,
        FENCE_TAG,
        /** Removes a member's value and lease in one script. */
        WALK_MEMBERS,
        /** Removes a member's value alone. */
        WALK_MEMBERS_VALUES;

        boolean walks() {
            return name().startsWith("WALK");
        }

        boolean sees(Element element) {
            return switch (this) {
                case WALK_LEASES -> element == Element.LEASE;
                case WALK_VALUES -> element == Element.VALUE;
                case WALK_BOTH -> element != Element.MEMBER;
                case WALK_MEMBERS, WALK_MEMBERS_VALUES -> element == Element.MEMBER;
                case PUBLISH_PATTERN, PUBLISH_VERSION, FENCE_PATTERN, FENCE_TAG -> false;
            };
        }
    }

    private enum Element {
        LEASE(1),
        VALUE(2),
        MEMBER(4);

        private final int bit;

        Element(int bit) {
            this.bit = bit;
        }
    }

    /** What a reader does, one after the other; what says no ends its read. */
    enum Act {
        LEASE,
        SNAPSHOT,
        LOAD,
        READ_VERSION,
        READ_PATTERNS,
        CHECK_VERSION,
        CHECK_PATTERN,
        FILE,
        CHECK_TAG,
        FILL
    }

    /** How often the primaries are walked over. */
    enum Rounds {
        ONE,
        TWO,
        /** Until nothing moved in one round, or the same move alone was seen in two that follow each other. */
        UNTIL_SETTLED,
        /** The same by the owner's name alone, which a slot that went away and came back has again. */
        UNTIL_SETTLED_BY_NAME
    }

    /**
     * How the world is.
     *
     * @param moves of the slot: 0 it stays at A, 1 it moves to B, 2 and back
     * @param order in which the primaries are walked over, A is 0
     * @param keptCursor whether a walk over a tag goes on with its cursor where the tag's set is now
     */
    record Rules(
            List<Deed> writer, List<Act> reader, Rounds rounds, int moves, List<Integer> order, boolean keptCursor) {}

    /** The slot's states: at A, on its way to B, at B, on its way back, at A again. */
    private static final int[] PLACES_OF_WHAT_IS_NEW = {0b01, 0b11, 0b10, 0b11, 0b01};

    private static final int IN_LOG = 1;
    private static final int VISIBLE = 2;
    private static final int OLD = 1;
    private static final int NEW = 2;
    private static final int READERS = 2;

    private final Rules rules;
    private final Field.Bits bits = new Field.Bits();

    private final Field change = bits.next(2);
    private final Field deed = bits.next(3);
    private final Field primary = bits.next(1);
    private final Field walking = bits.next(1);
    private final Field must = bits.next(3);
    private final Field movesBefore = bits.next(2);
    private final Field round = bits.next(2);
    private final Field slotAtBegin = bits.next(3);
    private final Field applied = bits.next(1);
    private final Field crashes = bits.next(1);
    private final Field patternFence = bits.next(1);
    private final Field tagFence = bits.next(1);
    private final Field pattern = bits.next(1);
    private final Field version = bits.next(1);
    private final Field slot = bits.next(3);
    private final Field lease = bits.next(2);
    private final Field value = bits.next(2);
    private final Field member = bits.next(1);
    private final Map<Element, Field> places = new EnumMap<>(Element.class);
    private final List<Reader> readers =
            IntStream.range(0, READERS).mapToObj(Reader::new).toList();

    ClusterWorld(Rules rules) {
        this.rules = rules;
        for (Element element : Element.values()) {
            places.put(element, bits.next(1));
        }
    }

    @Override
    public long start() {
        long state = crashes.with(0, 1);
        if (!rules.writer().contains(Deed.PUBLISH_PATTERN)) {
            state = pattern.with(version.with(state, 1), 1);
        }
        for (Reader reader : readers) {
            state = reader.begin(state);
        }
        return state;
    }

    /** Whether the value lacks a change that was applied. */
    boolean stale(long state) {
        return applied.is(state) && value.of(state) == OLD;
    }

    /** Whether a value stands that a reader filled after the change was applied. */
    boolean filled(long state) {
        return applied.is(state) && value.of(state) == NEW;
    }

    @Override
    public void next(long state, Exploration.Steps steps) {
        source(state, steps);
        cluster(state, steps);
        writer(state, steps);
        readers.forEach(reader -> reader.next(state, steps));
    }

    private void source(long state, Exploration.Steps steps) {
        if (change.of(state) == 0) {
            steps.to(change.with(state, IN_LOG), "the change is in the log");
        } else if (change.of(state) == IN_LOG) {
            steps.to(change.with(state, VISIBLE), "the change is visible");
        }
    }

    private void cluster(long state, Exploration.Steps steps) {
        if (lease.is(state)) {
            steps.to(gone(state, Element.LEASE), "the lease ends");
        }
        if (value.is(state)) {
            steps.to(gone(state, Element.VALUE), "the value ends");
        }
        if (member.is(state) && !lease.is(state) && !value.is(state)) {
            steps.to(gone(state, Element.MEMBER), "the key's time under the tag ends");
        }
        boolean mayEnd = change.of(state) == VISIBLE && readers.stream().noneMatch(reader -> reader.mayFillOld(state));
        if (mayEnd && patternFence.is(state)) {
            steps.to(patternFence.with(state, 0), "the pattern's fence ends");
        }
        if (mayEnd && tagFence.is(state)) {
            steps.to(tagFence.with(state, 0), "the tag's fence ends");
        }
        int now = slot.of(state);
        if (now % 2 == 0 && now < 2 * rules.moves()) {
            steps.to(slot.with(state, now + 1), "the slot begins to move");
        } else if (now % 2 == 1) {
            int target = now == 1 ? 1 : 0;
            boolean all = true;
            for (Element element : Element.values()) {
                if (stands(state, element) && place(element).of(state) != target) {
                    all = false;
                    steps.to(moved(state, element, target), element + " moves to " + name(target));
                }
            }
            if (all) {
                steps.to(slot.with(state, now + 1), "the slot has moved");
            }
        }
    }

    private Field place(Element element) {
        return Optional.ofNullable(places.get(element)).orElseThrow();
    }

    private boolean stands(long state, Element element) {
        return switch (element) {
            case LEASE -> lease.is(state);
            case VALUE -> value.is(state);
            case MEMBER -> member.is(state);
        };
    }

    private long gone(long state, Element element) {
        Field what = switch (element) {
            case LEASE -> lease;
            case VALUE -> value;
            case MEMBER -> member;
        };
        return place(element).with(forgiven(what.with(state, 0), element), 0);
    }

    /** Whoever walks where it was need not find it. A walk over a tag's set is no walk over a primary. */
    private long moved(long state, Element element, int target) {
        boolean stays = element == Element.MEMBER && !rules.keptCursor();
        return place(element).with(stays ? state : forgiven(state, element), target);
    }

    private long forgiven(long state, Element element) {
        return must.with(state, must.of(state) & ~element.bit);
    }

    private static String name(int node) {
        return node == 0 ? "A" : "B";
    }

    // ------------------------------------------------------------ the writer

    private void writer(long state, Exploration.Steps steps) {
        int at = deed.of(state);
        if (at < rules.writer().size()) {
            act(state, rules.writer().get(at), steps);
        }
        if (crashes.is(state) && (at > 0 || walking.is(state))) {
            long again = round.with(movesBefore.with(must.with(walking.with(primary.with(state, 0), 0), 0), 0), 0);
            steps.to(deed.with(crashes.with(slotAtBegin.with(again, 0), 0), 0), "the writer begins again");
        }
    }

    private void act(long state, Deed what, Exploration.Steps steps) {
        if (what == Deed.PUBLISH_PATTERN) {
            steps.to(done(pattern.with(state, 1)), "writer: publishes the pattern");
        } else if (what == Deed.PUBLISH_VERSION) {
            steps.to(done(version.with(state, 1)), "writer: publishes the patterns' version");
        } else if (change.of(state) == 0) {
            return;
        } else if (what == Deed.FENCE_PATTERN) {
            steps.to(done(patternFence.with(state, 1)), "writer: fences the pattern");
        } else if (what == Deed.FENCE_TAG) {
            steps.to(done(tagFence.with(state, 1)), "writer: fences the tag");
        } else if (!walking.is(state)) {
            begin(state, what, steps);
        } else {
            visit(state, what, steps);
            if (must.of(state) == 0) {
                end(state, what, steps);
            }
        }
    }

    private long done(long state) {
        int after = deed.of(state) + 1;
        long next = deed.with(state, after);
        return after == rules.writer().size() ? applied.with(next, 1) : next;
    }

    private void begin(long state, Deed what, Exploration.Steps steps) {
        int node = rules.order().get(primary.of(state));
        int seen = 0;
        for (Element element : Element.values()) {
            // A tag's set is walked over where it is.
            boolean here = element == Element.MEMBER || place(element).of(state) == node;
            if (what.sees(element) && stands(state, element) && here) {
                seen |= element.bit;
            }
        }
        long next = walking.with(must.with(state, seen), 1);
        if (primary.of(state) == 0 && round.of(state) == 0) {
            next = slotAtBegin.with(next, slot.of(state));
        }
        steps.to(next, "writer: " + what + " begins at " + name(node));
    }

    private void visit(long state, Deed what, Exploration.Steps steps) {
        for (Element element : Element.values()) {
            if (what.sees(element) && stands(state, element)) {
                if (element != Element.MEMBER) {
                    steps.to(gone(state, element), "writer: " + what + " removes the " + element);
                } else {
                    long removed = gone(forgiven(state, element), Element.VALUE);
                    steps.to(
                            what == Deed.WALK_MEMBERS ? gone(removed, Element.LEASE) : removed,
                            "writer: " + what + " comes to the key");
                }
            }
        }
    }

    private void end(long state, Deed what, Exploration.Steps steps) {
        long next = walking.with(state, 0);
        boolean members = what.sees(Element.MEMBER);
        if (!members && primary.of(state) == 0) {
            steps.to(primary.with(next, 1), "writer: goes on to the other primary");
            return;
        }
        next = primary.with(next, 0);
        int moves = moves(slotAtBegin.of(state), slot.of(state));
        if (members || enough(round.of(state), movesBefore.of(state), moves)) {
            steps.to(
                    done(round.with(movesBefore.with(slotAtBegin.with(next, 0), 0), 0)),
                    "writer: " + what + " is over");
        } else {
            // What was seen at this round's end is what the next one begins with.
            long again = slotAtBegin.with(movesBefore.with(next, moves), slot.of(state));
            steps.to(round.with(again, Math.min(3, round.of(state) + 1)), "writer: " + what + " goes round again");
        }
    }

    private boolean enough(int roundsBefore, int before, int now) {
        return switch (rules.rounds()) {
            case ONE -> true;
            case TWO -> roundsBefore > 0;
            case UNTIL_SETTLED, UNTIL_SETTLED_BY_NAME ->
                now == 0 || (roundsBefore > 0 && before == now && Integer.bitCount(now) == 1);
        };
    }

    /** What the assignment tells of the slot's moves between two looks: bit 0 from A to B, bit 1 back. */
    private int moves(int before, int after) {
        int seen = (before == 1 || after == 1 ? 1 : 0) | (before == 3 || after == 3 ? 2 : 0);
        int from = owner(before);
        int to = owner(after);
        if (from % 2 != to % 2) {
            return seen | (from % 2 == 0 ? 1 : 2);
        }
        boolean known = rules.rounds() == Rounds.UNTIL_SETTLED;
        return from == to || !known ? seen : 3;
    }

    /** A slot's owner is named by the node and the epoch at which it took the slot. */
    private static int owner(int slotState) {
        return slotState / 2;
    }

    // ------------------------------------------------------------ a reader

    private final class Reader {

        private final int number;
        private final Field attempts = bits.next(1);
        private final Field at = bits.next(3);
        private final Field sees = bits.next(1);
        private final Field loaded = bits.next(1);
        private final Field knownVersion = bits.next(1);
        private final Field knownPattern = bits.next(1);

        Reader(int number) {
            this.number = number + 1;
        }

        long begin(long state) {
            return knownPattern.with(knownVersion.with(attempts.with(state, 1), version.of(state)), pattern.of(state));
        }

        boolean mayFillOld(long state) {
            int snapshot = rules.reader().indexOf(Act.SNAPSHOT);
            return lease.of(state) == number && at.of(state) > snapshot && !sees.is(state);
        }

        void next(long state, Exploration.Steps steps) {
            if (!attempts.is(state)) {
                return;
            }
            Act act = rules.reader().get(at.of(state));
            String who = "reader " + number + ": " + act;
            boolean visible = change.of(state) == VISIBLE;
            switch (act) {
                case LEASE -> lease(state, steps);
                case SNAPSHOT -> steps.to(on(sees.with(state, visible ? 1 : 0)), who);
                case LOAD -> steps.to(on(loaded.with(state, visible ? 1 : 0)), who);
                case READ_VERSION -> steps.to(on(knownVersion.with(state, version.of(state))), who);
                case READ_PATTERNS -> steps.to(on(knownPattern.with(state, pattern.of(state))), who);
                case CHECK_VERSION -> check(state, knownVersion.of(state) == version.of(state), who, steps);
                case CHECK_PATTERN ->
                    check(state, !knownPattern.is(state) || !patternFence.is(state) || sees.is(state), who, steps);
                case FILE -> {
                    if (member.is(state)) {
                        steps.to(on(state), who);
                    } else {
                        put(on(member.with(state, 1)), Element.MEMBER, who, steps);
                    }
                }
                case CHECK_TAG -> check(state, !tagFence.is(state) || sees.is(state), who, steps);
                case FILL -> fill(state, steps);
            }
            if (at.is(state)) {
                steps.to(ended(state), "reader " + number + " dies");
            }
        }

        private void lease(long state, Exploration.Steps steps) {
            if (value.is(state)) {
                steps.to(ended(state), "reader " + number + ": a hit");
            } else if (!lease.is(state)) {
                put(on(lease.with(state, number)), Element.LEASE, "reader " + number + ": gets the lease", steps);
            }
        }

        private void check(long state, boolean fine, String who, Exploration.Steps steps) {
            steps.to(fine ? on(state) : ended(givenBack(state)), who + (fine ? " says yes" : " says no"));
        }

        private void fill(long state, Exploration.Steps steps) {
            if (lease.of(state) != number) {
                steps.to(ended(state), "reader " + number + ": the lease is gone");
                return;
            }
            long filled = value.with(ended(givenBack(state)), loaded.is(state) ? NEW : OLD);
            put(filled, Element.VALUE, "reader " + number + ": fills", steps);
        }

        /** While a slot moves, what is new may stand at either primary. */
        private void put(long state, Element element, String what, Exploration.Steps steps) {
            int possible = PLACES_OF_WHAT_IS_NEW[slot.of(state)];
            for (int node = 0; node < 2; node++) {
                if (((possible >> node) & 1) == 1) {
                    steps.to(place(element).with(state, node), what + " at " + name(node));
                }
            }
        }

        private long givenBack(long state) {
            return lease.of(state) == number ? gone(state, Element.LEASE) : state;
        }

        private long on(long state) {
            return at.with(state, at.of(state) + 1);
        }

        private long ended(long state) {
            long end = knownVersion.with(loaded.with(sees.with(at.with(state, 0), 0), 0), 0);
            return attempts.with(knownPattern.with(end, 0), 0);
        }
    }
}
