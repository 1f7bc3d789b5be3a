package dev.freshet.model;

/**
 * Where in commit order a change stands: by epoch, then by the commit that the log showed before this transaction, then
 * by the change's own place within its transaction. Two changes that compare equal have no proven order.
 *
 * @param epoch raised at each gap, since log positions go back after a restore
 * @param previousCommit the end of the commit that preceded this change's transaction in the log
 * @param change the change's own log position; rows of one COPY or multi-row INSERT share it
 */
public record Position(long epoch, Lsn previousCommit, Lsn change) implements Comparable<Position> {

    @Override
    public int compareTo(Position other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        if (byEpoch != 0) {
            return byEpoch;
        }
        int byCommit = previousCommit.compareTo(other.previousCommit);
        return byCommit != 0 ? byCommit : change.compareTo(other.change);
    }
}
