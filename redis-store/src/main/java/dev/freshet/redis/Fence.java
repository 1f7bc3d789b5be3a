package dev.freshet.redis;

import java.util.Arrays;
import java.util.Collection;
import java.util.TreeSet;

/**
 * What an invalidation leaves behind at its key: the transactions that a later fill's snapshot must have seen.
 * Immutable.
 */
public sealed interface Fence {

    /** Nothing is left behind: no fence, no lease, no position. For caches with {@code safe-fills: false}. */
    record None() implements Fence {}

    /**
     * @param transactions 64-bit ids, each once, ascending
     * @param refuseAll some change named no transaction: every fill is refused for the fence window
     */
    record Transactions(long[] transactions, boolean refuseAll) implements Fence {
        public Transactions {
            transactions = Arrays.stream(transactions).sorted().distinct().toArray();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Transactions that
                    && refuseAll == that.refuseAll
                    && Arrays.equals(transactions, that.transactions);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(transactions) * 2 + (refuseAll ? 1 : 0);
        }

        @Override
        public String toString() {
            return "Transactions" + Arrays.toString(transactions) + (refuseAll ? " and all" : "");
        }
    }

    Fence NONE = new None();

    /** For a change whose record names no transaction. */
    Fence REFUSE_ALL = new Transactions(new long[0], true);

    static Fence of(long... transactions) {
        return new Transactions(transactions, false);
    }

    /** One fence that refuses what either refuses. */
    default Fence and(Fence other) {
        if (!(this instanceof Transactions mine)) {
            return other;
        }
        if (!(other instanceof Transactions theirs)) {
            return this;
        }
        Collection<Long> ids = new TreeSet<>();
        Arrays.stream(mine.transactions()).forEach(ids::add);
        Arrays.stream(theirs.transactions()).forEach(ids::add);
        return new Transactions(
                ids.stream().mapToLong(Long::longValue).toArray(), mine.refuseAll() || theirs.refuseAll());
    }
}
