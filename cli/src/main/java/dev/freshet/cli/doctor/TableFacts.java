package dev.freshet.cli.doctor;

import dev.freshet.model.TableId;
import java.util.List;
import java.util.Set;

/**
 * What the catalogue and the statistics say of a mapped table. Immutable.
 *
 * @param readable whether the role may SELECT from it
 * @param leaves what holds the rows: the table itself, or its partitions
 * @param uniqueKeys the columns of each unique index, the primary key's first
 */
record TableFacts(
        TableId table, boolean readable, List<Leaf> leaves, List<Set<String>> uniqueKeys, Set<String> columns) {

    TableFacts {
        leaves = List.copyOf(leaves);
        uniqueKeys = List.copyOf(uniqueKeys);
        columns = Set.copyOf(columns);
    }

    /**
     * @param logged whether its changes are in the log
     * @param fullIdentity whether the whole old row is logged
     * @param primaryKey its columns; empty where there is none that identifies rows
     * @param rows as the planner estimates, or the statistics count
     * @param bytes of the rows
     * @param toastBytes of the values that are stored apart
     * @param toastable columns whose values may be stored apart
     */
    record Leaf(
            TableId table,
            boolean logged,
            boolean fullIdentity,
            Set<String> primaryKey,
            double rows,
            long bytes,
            long toastBytes,
            Set<String> toastable,
            Writes writes) {

        private static final int FEW = 100;

        /** Of a row as it stands in the table; 0 where there are too few to tell. */
        double rowBytes() {
            return rows >= FEW ? bytes / rows : 0;
        }

        /** Whether the log may leave the column's value out of an update that did not change it. */
        boolean leavesOut(String column) {
            return !fullIdentity && toastBytes > 0 && toastable.contains(column) && !primaryKey.contains(column);
        }

        String identity(String which) {
            return "ALTER TABLE " + table.quoted() + " REPLICA IDENTITY " + which + ";";
        }
    }

    /** How many rows were written since the statistics begin. */
    record Writes(long inserts, long updates, long deletes) {

        static final Writes NONE = new Writes(0, 0, 0);

        long all() {
            return inserts + updates + deletes;
        }

        Writes and(Writes other) {
            return new Writes(inserts + other.inserts, updates + other.updates, deletes + other.deletes);
        }
    }

    Writes writes() {
        return leaves.stream().map(Leaf::writes).reduce(Writes.NONE, Writes::and);
    }
}
