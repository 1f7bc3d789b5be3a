package dev.freshet.demo.judge;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/** What one field of one book was, one after the other. Thread-safe. */
final class History {

    /** More than a cache can be behind; what is older is not judged. */
    private static final int MOST = 2_000;

    private final Deque<Version> versions = new ArrayDeque<>();

    synchronized Version add(Commit commit) {
        if (versions.isEmpty() || versions.getLast().value() != commit.before()) {
            // Somebody else has written meanwhile: nothing is known of the order of what was before.
            versions.clear();
            versions.add(new Version(commit.before(), commit.returned(), 0));
        }
        Version added = new Version(commit.after(), commit.returned(), commit.transaction());
        versions.add(added);
        if (versions.size() > MOST) {
            versions.removeFirst();
        }
        return added;
    }

    /**
     * Empty where the value is not known. Where it stood here more than once, the last time counts: that makes the judge
     * see less, never more.
     */
    synchronized Optional<Age> age(long value, long began) {
        Iterator<Version> newestFirst = versions.descendingIterator();
        long replaced = began;
        boolean applied = false;
        while (newestFirst.hasNext()) {
            Version version = newestFirst.next();
            if (version.value() == value) {
                return Optional.of(new Age(Math.max(0, began - replaced), applied));
            }
            replaced = version.returned();
            applied |= version.returned() < began && version.wasAppliedBefore(began);
        }
        return Optional.empty();
    }

    /** PostgreSQL says so. Where that is not what was committed last, somebody else has written: what was before is forgotten. */
    synchronized void standsNow(long value) {
        if (!versions.isEmpty() && versions.getLast().value() != value) {
            versions.clear();
            versions.add(new Version(value, System.nanoTime(), 0));
        }
    }

    /** Whether the value is what the transaction made of it, or came later. */
    synchronized boolean holds(long value, long transaction) {
        for (Iterator<Version> newestFirst = versions.descendingIterator(); newestFirst.hasNext(); ) {
            Version version = newestFirst.next();
            if (version.value() == value) {
                return true;
            }
            if (version.transaction() == transaction) {
                return false;
            }
        }
        return false;
    }

    /**
     * @param nanos how long before the read the value had been replaced; 0: it had not
     * @param afterInvalidation a change that replaced it, or a later one, was known to be applied to the cache
     */
    record Age(long nanos, boolean afterInvalidation) {}
}
