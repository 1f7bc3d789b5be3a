package dev.freshet.listener;

import dev.freshet.model.config.PostgresConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * Prepares a source for a pipeline with an administrator's rights, and removes what was prepared. Each connects for
 * itself; what stands already is left as it is. Confined to one thread.
 *
 * <p>Every method throws {@link ListenerException} where the server cannot be reached or refuses, and {@link
 * SetupRequiredException} where something has to be decided by a person first.
 */
public final class SourceSetup {

    private final CaptureSettings settings;
    private final PostgresConfig admin;

    /** @param admin where and as whom the administrator connects; the same database as the pipeline's */
    public SourceSetup(CaptureSettings settings, PostgresConfig admin) {
        this.settings = settings;
        this.admin = admin;
    }

    /** Makes role, grants, publication and slot, each where it is missing; returns what was run, without passwords. */
    public List<String> setUp() {
        return run(database -> {
            List<String> done = new ArrayList<>();
            SourceSql sql = new SourceSql(settings);
            if (!roleExists(database)) {
                execute(database, sql.createRole(), done);
                setPassword(database);
            }
            for (String grant : sql.grants(database.text("SELECT current_database()"))) {
                execute(database, grant, done);
            }
            CaptureSettings asAdmin = new CaptureSettings(
                    admin, settings.topics(), settings.slot(), settings.publication(), settings.tables());
            done.addAll(new SourceCheck(asAdmin).run(database).made());
            return done;
        });
    }

    /**
     * Removes slot, publication, grants and role. The slot must be free. The role stays where it is the administrator's
     * own, or owns something.
     */
    public List<String> tearDown() {
        return run(database -> {
            List<String> done = new ArrayList<>();
            SourceSql sql = new SourceSql(settings);
            execute(database, sql.dropSlot(), done);
            execute(database, sql.dropPublication(), done);
            boolean own = settings.postgres().user().equals(admin.user());
            if (!own && roleExists(database)) {
                for (String statement : sql.dropRole(database.text("SELECT current_database()"))) {
                    execute(database, statement, done);
                }
            }
            return done;
        });
    }

    private interface Work {
        List<String> with(SourceDatabase database) throws SQLException;
    }

    private List<String> run(Work work) {
        try (SourceDatabase database = SourceDatabase.primary(admin)) {
            return work.with(database);
        } catch (SQLException e) {
            throw new ListenerException("PostgreSQL: " + e.getMessage(), e);
        }
    }

    private boolean roleExists(SourceDatabase database) throws SQLException {
        try (PreparedStatement query =
                database.connection().prepareStatement("SELECT FROM pg_catalog.pg_roles WHERE rolname = ?")) {
            query.setString(1, settings.postgres().user());
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    /** The driver hashes the password, so that no server log can hold it. */
    private void setPassword(SourceDatabase database) throws SQLException {
        Connection connection = database.connection();
        char[] password = settings.postgres().password().reveal().toCharArray();
        connection
                .unwrap(PGConnection.class)
                .alterUserPassword(settings.postgres().user(), password, "scram-sha-256");
    }

    private static void execute(SourceDatabase database, String sql, List<String> done) throws SQLException {
        try (Statement statement = database.connection().createStatement()) {
            statement.execute(sql);
            done.add(sql);
        }
    }
}
