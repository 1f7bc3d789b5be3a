package dev.freshet.cli.check;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Spelling;
import dev.freshet.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether the changes of a mapped table can be captured: what it is, where its rows live, what it tells of old ones. */
final class TableCheck {

    private final Connection connection;
    private final Set<TableId> mapped;
    private final Findings findings;

    TableCheck(Connection connection, Set<TableId> mapped, Findings findings) {
        this.connection = connection;
        this.mapped = mapped;
        this.findings = findings.because("only what a table writes to the log can be seen to change");
    }

    /** The table, where mappings of it can be checked further. */
    Optional<Relation> check(CacheMapping first) throws SQLException {
        String path = "caches." + first.name() + ".table";
        TableId table = first.table();
        Optional<Relation> found = Relation.read(connection, table);
        if (found.isEmpty()) {
            findings.wrong(path, missing(table));
            return Optional.empty();
        }
        Relation relation = found.get();
        if (relation.kind() != 'r' && relation.kind() != 'p') {
            findings.wrong(path, "'" + table + "' is " + words(relation.kind()));
            return Optional.empty();
        }
        relation.ancestors().stream()
                .filter(mapped::contains)
                .findFirst()
                .ifPresent(root -> findings.wrong(
                        path,
                        "'" + table + "' is a partition of '" + root
                                + "', which is mapped too, and its changes come under that"
                                + " name; map the cache to '" + root + "'"));
        for (Relation.Leaf leaf : relation.leaves()) {
            check(path, relation, leaf);
        }
        return found;
    }

    private void check(String path, Relation relation, Relation.Leaf leaf) {
        String who = leaf.table().equals(relation.table())
                ? "'" + leaf.table() + "'"
                : "the partition '" + leaf.table() + "' of '" + relation.table() + "'";
        if (leaf.kind() == 'f') {
            findings.wrong(
                    path,
                    who + " is a foreign table, whose changes are not in the write-ahead log; map a table"
                            + " that has no such partition");
        } else if (leaf.persistence() == 'u') {
            findings.wrong(
                    path,
                    who + " is unlogged, so its changes are not in the write-ahead log; make it a logged one",
                    "ALTER TABLE " + leaf.table().quoted() + " SET LOGGED;");
        }
        if (leaf.kind() != 'f' && leaf.identity().isEmpty()) {
            findings.because("PostgreSQL must tell which row an UPDATE or DELETE meant")
                    .wrong(
                            path,
                            who
                                    + " has no replica identity (no usable primary key): PostgreSQL would refuse the application's"
                                    + " own UPDATE and DELETE once it is published; give it one first",
                            leaf.fullIdentity());
        }
        if (leaf.generated().contains("v")) {
            findings.because("what is generated when it is read is never in the write-ahead log")
                    .wrong(
                            path,
                            who
                                    + " has REPLICA IDENTITY FULL and a virtual generated column: PostgreSQL would refuse the"
                                    + " application's own UPDATE and DELETE once it is published; make the column a stored"
                                    + " one, or give the table REPLICA IDENTITY USING INDEX");
        }
    }

    private String missing(TableId table) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                                + " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema'"
                                + " AND n.nspname !~ '^pg_'");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
        }
        String elsewhere = tables.stream()
                .filter(name -> name.endsWith("." + table.name()))
                .findFirst()
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
        String meant = Spelling.suggestion(table.toString(), tables);
        return "there is no table '" + table + "' (names are as stored, without case folding)"
                + (meant.isEmpty() ? elsewhere : meant);
    }

    private static String words(char kind) {
        return switch (kind) {
            case 'v' -> "a view: it has no rows of its own; map the tables that it reads";
            case 'm' -> "a materialized view, whose changes are not captured; map the tables that it reads";
            case 'f' -> "a foreign table, whose changes are not in the write-ahead log; map it where it is stored";
            default -> "no table; map an ordinary or a partitioned table";
        };
    }
}
