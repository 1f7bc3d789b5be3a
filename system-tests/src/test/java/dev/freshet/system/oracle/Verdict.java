package dev.freshet.system.oracle;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What a play must have done to the cache. Immutable. */
public final class Verdict {

    private final Set<Entry> gone;
    private final Map<Entry, Renewal> renewed;
    private final Set<Entry> doubtful;
    private final Predicate<Entry> free;

    /**
     * @param gone nothing may stand here
     * @param renewed the row's value must stand here
     * @param doubtful of these, the ones where nothing may stand as well: a sweep in the same play leaves their order open
     */
    Verdict(Set<Entry> gone, Map<Entry, Renewal> renewed, Set<Entry> doubtful) {
        this.gone = Set.copyOf(gone);
        this.renewed = Map.copyOf(renewed);
        this.doubtful = Set.copyOf(doubtful);
        this.free = entry -> false;
    }

    private Verdict(Verdict strict, Predicate<Entry> free) {
        this.gone = strict.gone;
        this.renewed = strict.renewed;
        this.doubtful = strict.doubtful;
        this.free = free;
    }

    /** The same where these entries may go as well, at any time. */
    public Verdict leavingFree(Predicate<Entry> entries) {
        return new Verdict(this, entries);
    }

    public Set<Entry> gone() {
        return gone;
    }

    public Set<Entry> renewed() {
        return renewed.keySet();
    }

    /** What still has to happen. */
    public List<String> missing(Map<Entry, Held> now) {
        List<String> missing = new ArrayList<>();
        gone.stream()
                .filter(now::containsKey)
                .forEach(entry -> missing.add("lost: " + entry + " still stands, though its row changed"));
        renewed.forEach((entry, renewal) -> {
            Held held = now.get(entry);
            boolean right = held == null ? doubtful.contains(entry) || free.test(entry) : renewal.isIn(held);
            if (!right) {
                missing.add("stale: " + entry + " holds " + (held == null ? "nothing" : held) + ", not " + renewal);
            }
        });
        return missing;
    }

    /** What should not have happened. */
    public List<String> excess(Map<Entry, Held> before, Map<Entry, Held> now) {
        List<String> excess = new ArrayList<>();
        before.forEach((entry, held) -> {
            if (!gone.contains(entry) && !renewed.containsKey(entry)) {
                Held left = now.get(entry);
                if (left == null) {
                    if (free.test(entry)) {
                        return;
                    }
                    excess.add("wrong: " + entry + " went, though nothing behind it changed");
                } else if (!left.equals(held)) {
                    excess.add("wrong: " + entry + " was written, though nothing behind it changed");
                }
            }
        });
        Set<Entry> appeared = new HashSet<>(now.keySet());
        appeared.removeAll(before.keySet());
        appeared.removeAll(gone);
        appeared.removeAll(renewed.keySet());
        appeared.forEach(entry -> excess.add("wrong: " + entry + " appeared"));
        return excess;
    }
}
