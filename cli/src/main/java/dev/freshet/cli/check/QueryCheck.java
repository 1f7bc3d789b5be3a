package dev.freshet.cli.check;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.NamedQuery;
import dev.freshet.model.Spelling;
import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Whether a refresh's query can run as this role; plans it, and does not run it. */
final class QueryCheck {

    private static final String DENIED = """
            SELECT n.nspname, c.relname, has_schema_privilege(n.oid, 'USAGE') AS schema_open
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
              AND position(c.relname in ?) > 0
              AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'))""";

    private final String role;
    private final Connection connection;
    private final Findings findings;

    QueryCheck(String role, Connection connection, Findings findings) {
        this.role = SqlIdentifier.quote(role);
        this.connection = connection;
        this.findings = findings.because("the writer asks this query at each change, as the pipeline's role");
    }

    void check(CacheMapping cache, TableShape shape, Relation relation) throws SQLException {
        if (!(cache.onChange() instanceof OnChange.RefreshQuery refresh)) {
            return;
        }
        String path = "caches." + cache.name() + ".query";
        if (relation.rowSecurity()) {
            findings.note(
                    path,
                    "row security limits what role " + role + " sees of '" + cache.table()
                            + "', and so what the query returns");
        }
        try {
            NamedQuery query = NamedQuery.parse(refresh.sql());
            if (known(path, query, shape)) {
                plan(path, explain(query, shape), refresh.sql());
            }
        } catch (IllegalArgumentException e) {
            findings.wrong(path, String.valueOf(e.getMessage()));
        }
    }

    private boolean known(String path, NamedQuery query, TableShape shape) {
        boolean known = true;
        for (String name : query.names().stream().distinct().toList()) {
            if (!shape.columns().containsKey(name)) {
                String meant = Spelling.suggestion(name, shape.columns().keySet());
                findings.wrong(
                        path,
                        "':" + name + "' stands for a column of '" + shape.table() + "', which has none of that name"
                                + (meant.isEmpty()
                                        ? "; it has "
                                                + String.join(
                                                        ", ", shape.columns().keySet())
                                        : meant));
                known = false;
            }
        }
        return known;
    }

    /** Within a FROM nothing but a single SELECT, VALUES or TABLE can stand, and nothing that writes. */
    private static String explain(NamedQuery query, TableShape shape) {
        return "EXPLAIN SELECT * FROM (" + withoutValues(query, shape) + "\n) AS refresh";
    }

    /** The query with nulls of the right types, without a semicolon. */
    static String withoutValues(NamedQuery query, TableShape shape) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < query.pieces().size(); i++) {
            sql.append(query.pieces().get(i));
            if (i < query.names().size()) {
                String type = shape.column(query.names().get(i)).sqlType();
                sql.append("CAST(NULL AS ").append(type).append(')');
            }
        }
        String text = sql.toString().stripTrailing();
        return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
    }

    private void plan(String path, String explain, String query) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(explain);
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith("08") || state.startsWith("57")) {
                throw e;
            }
            if (state.equals("42501")) {
                findings.wrong(path, first(e) + "; grant role " + role + " what the query reads", grants(query));
            } else {
                findings.wrong(
                        path,
                        "PostgreSQL does not take the query: " + first(e)
                                + "; it must be one SELECT that this role can run");
            }
        }
    }

    /** What the query seems to name and the role may not read. */
    private List<String> grants(String query) throws SQLException {
        List<String> grants = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(DENIED)) {
            statement.setString(1, query);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String schema = SqlIdentifier.quote(rows.getString(1));
                    if (!rows.getBoolean("schema_open")) {
                        grants.add("GRANT USAGE ON SCHEMA " + schema + " TO " + role + ";");
                    }
                    grants.add("GRANT SELECT ON " + schema + "." + SqlIdentifier.quote(rows.getString(2)) + " TO "
                            + role + ";");
                }
            }
        }
        return grants.stream().distinct().toList();
    }

    private static String first(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
