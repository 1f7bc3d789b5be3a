package dev.freshet.cli.check;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.NamedQuery;
import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.catalogue.Catalogue;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The rights that refresh queries need beside those to the mapped tables. Confined to one thread. */
public final class QueryRights {

    private static final String NAMED = """
            SELECT DISTINCT n.nspname, c.relname FROM pg_catalog.pg_rewrite r
            JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
              AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> r.ev_class
            JOIN pg_catalog.pg_class c ON c.oid = d.refobjid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE r.ev_class = 'pg_temp.freshet_setup'::regclass AND n.nspname !~ '^pg_'""";

    private final Connection connection;
    private final FreshetConfig config;

    /** @param connection of an administrator's, in auto-commit mode */
    public QueryRights(Connection connection, FreshetConfig config) {
        this.connection = connection;
        this.config = config;
    }

    /**
     * The grants for every table and view that a query names. What a view reads in turn its owner must be allowed to. Asks
     * PostgreSQL, by a view of each query that is never committed; a query that it does not take needs nothing.
     */
    public List<String> grants(Catalogue catalogue) throws SQLException {
        Set<TableId> named = new TreeSet<>();
        for (CacheMapping cache : config.caches()) {
            Optional<TableShape> shape = catalogue.shape(cache.table());
            if (cache.onChange() instanceof OnChange.RefreshQuery refresh && shape.isPresent()) {
                named.addAll(named(refresh.sql(), shape.get()));
            }
        }
        named.removeAll(config.tables());
        String role = SqlIdentifier.quote(config.postgres().user());
        Set<String> schemas = new TreeSet<>();
        List<String> grants = new ArrayList<>();
        for (TableId table : named) {
            if (schemas.add(table.schema())) {
                grants.add("GRANT USAGE ON SCHEMA " + SqlIdentifier.quote(table.schema()) + " TO " + role + ";");
            }
            grants.add("GRANT SELECT ON " + table.quoted() + " TO " + role + ";");
        }
        return grants;
    }

    private Set<TableId> named(String sql, TableShape shape) throws SQLException {
        NamedQuery query;
        try {
            query = NamedQuery.parse(sql);
        } catch (IllegalArgumentException e) {
            return Set.of(); // told by the checks
        }
        if (!shape.has(query.names())) {
            return Set.of();
        }
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            // Counted, for a view takes no column without a name of its own.
            statement.execute("CREATE TEMPORARY VIEW freshet_setup AS SELECT count(*) FROM ("
                    + QueryCheck.withoutValues(query, shape) + "\n) AS refresh");
            Set<TableId> named = new TreeSet<>();
            try (ResultSet row = statement.executeQuery(NAMED)) {
                while (row.next()) {
                    named.add(new TableId(row.getString(1), row.getString(2)));
                }
            }
            return named;
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith("42")) {
                return Set.of();
            }
            throw e;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }
}
