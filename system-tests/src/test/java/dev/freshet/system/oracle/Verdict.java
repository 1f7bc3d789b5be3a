package dev.freshet.system.oracle;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a play must have done to the cache. Immutable. */
public final class Verdict {

    private final Set<Entry> gone;
    private final Map<Entry, Renewal> renewed;
    private final Set<Entry> doubtful;

    /**
     * @param gone nothing may stand here
     * @param renewed the row's value must stand here
     * @param doubtful of these, the ones where nothing may stand as well: a sweep in the same play leaves their order open
     */
    Verdict(Set<Entry> gone, Map<Entry, Renewal> renewed, Set<Entry> doubtful) {
        this.gone = Set.copyOf(gone);
        this.renewed = Map.copyOf(renewed);
        this.doubtful = Set.copyOf(doubtful);
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
            boolean right = held == null ? doubtful.contains(entry) : renewal.isIn(held);
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
