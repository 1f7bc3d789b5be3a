package dev.freshet.redis;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an invalidation leaves behind at its key: the transactions that a later fill's snapshot must have seen.
 * Immutable.
 *
 * @param transactions 64-bit ids below 2^53, ascending
 * @param refuseAll some change named no transaction: every fill is refused for the fence window
 */
public record Fence(Set<Long> transactions, boolean refuseAll) {

    /**
     * Fills are not fenced and leases not voided: for caches with {@code safe-fills: false}. What a command says of
     * positions holds all the same, since refreshes need them.
     */
    public static final Fence NONE = new Fence(Set.of(), false);

    /** For a change whose record names no transaction. */
    public static final Fence REFUSE_ALL = new Fence(Set.of(), true);

    public Fence {
        transactions = Collections.unmodifiableSet(new TreeSet<>(transactions));
    }

    public static Fence of(long transaction) {
        return new Fence(Set.of(transaction), false);
    }

    public boolean isNone() {
        return transactions.isEmpty() && !refuseAll;
    }

    /** One fence that refuses what either refuses. */
    public Fence and(Fence other) {
        if (isNone() || equals(other)) {
            return other;
        }
        if (other.isNone()) {
            return this;
        }
        Set<Long> all = new TreeSet<>(transactions);
        all.addAll(other.transactions);
        return new Fence(all, refuseAll || other.refuseAll);
    }
}
