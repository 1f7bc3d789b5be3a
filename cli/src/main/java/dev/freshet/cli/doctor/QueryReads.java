package dev.freshet.cli.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.NamedQuery;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds out what a refresh's query reads, by planning it; does not run it. Confined to one thread. */
final class QueryReads {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String ROOTS = """
            SELECT coalesce(rn.nspname, n.nspname), coalesce(r.relname, c.relname), c.relpersistence = 't'
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_catalog.pg_class r ON r.oid = pg_partition_root(c.oid) AND r.relkind = 'p'
            LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
            WHERE n.nspname = ? AND c.relname = ?""";

    private final Connection connection;

    QueryReads(Connection connection) {
        this.connection = connection;
    }

    /**
     * The tables that the query reads, of partitioned ones the root; those of PostgreSQL itself left out.
     *
     * @throws SQLException where the query cannot be planned
     */
    Set<TableId> of(NamedQuery query, TableShape shape) throws SQLException {
        Set<TableId> tables = new TreeSet<>();
        for (TableId relation : QueryPlan.relations(plan(query, shape))) {
            if (!relation.schema().startsWith("pg_") && !relation.schema().equals("information_schema")) {
                tables.add(root(relation));
            }
        }
        return tables;
    }

    /** A parameter, rather than a null, keeps the planner from proving that nothing is to be read. */
    private JsonNode plan(NamedQuery query, TableShape shape) throws SQLException {
        List<String> types = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < query.pieces().size(); i++) {
            sql.append(query.pieces().get(i));
            if (i < query.names().size()) {
                types.add(shape.column(query.names().get(i)).sqlType());
                sql.append('$').append(i + 1);
            }
        }
        String text = sql.toString().stripTrailing();
        String body = text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET plan_cache_mode = 'force_generic_plan'");
            statement.execute("SET enable_partition_pruning = off");
            statement.execute("PREPARE freshet_doctor" + (types.isEmpty() ? "" : "(" + String.join(", ", types) + ")")
                    + " AS SELECT * FROM (" + body + "\n) AS refresh");
            try (ResultSet row = statement.executeQuery("EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE freshet_doctor"
                    + (types.isEmpty()
                            ? ""
                            : "(" + String.join(", ", Collections.nCopies(types.size(), "NULL")) + ")"))) {
                row.next();
                return JSON.readTree(row.getString(1));
            } catch (JsonProcessingException e) {
                throw new SQLException("a plan that is no JSON", "XX000", e);
            } finally {
                statement.execute("DEALLOCATE freshet_doctor");
            }
        }
    }

    private TableId root(TableId relation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ROOTS)) {
            statement.setString(1, relation.schema());
            statement.setString(2, relation.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new TableId(row.getString(1), row.getString(2)) : relation;
            }
        }
    }
}
