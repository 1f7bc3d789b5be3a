package dev.freshet.listener;

import static dev.freshet.model.SqlIdentifier.literal;
import static dev.freshet.model.SqlIdentifier.quote;

import dev.freshet.model.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The statements that the source needs, as text that a person may run. Immutable. */
public final class SourceSql {

    private static final int FAILOVER_SLOTS = 170000;

    /** From here on PostgreSQL refuses updates of a published table that logs whole old rows, but for what it publishes. */
    private static final int GENERATED_COLUMNS = 180000;

    private final CaptureSettings settings;

    public SourceSql(CaptureSettings settings) {
        this.settings = settings;
    }

    /**
     * Everything from the beginning: the role without its password, its rights, the publication, the slot, in an order
     * that works. The role owns nothing; so a table mapped later needs the administrator again.
     *
     * @param serverVersion as {@code server_version_num}; decides whether the slot is one that standbys keep
     */
    public List<String> setup(String database, int serverVersion) {
        List<String> sql = new ArrayList<>();
        sql.add(createRole());
        sql.addAll(grants(database));
        sql.add(createPublication(serverVersion));
        sql.add(createSlot(serverVersion));
        return sql;
    }

    /** Removes slot, publication and role, in an order that works. */
    public List<String> teardown(String database) {
        List<String> sql = new ArrayList<>(List.of(dropSlot(), dropPublication()));
        sql.addAll(dropRole(database));
        return sql;
    }

    public String dropPublication() {
        return "DROP PUBLICATION IF EXISTS " + quote(settings.publication()) + ";";
    }

    /** Takes back the grants and removes the role. */
    public List<String> dropRole(String database) {
        String role = quote(settings.postgres().user());
        return List.of(
                "REVOKE SELECT ON " + list(settings.tables()) + " FROM " + role + ";",
                "REVOKE USAGE ON SCHEMA " + schemas() + " FROM " + role + ";",
                "REVOKE CONNECT ON DATABASE " + quote(database) + " FROM " + role + ";",
                "DROP ROLE IF EXISTS " + role + ";");
    }

    public String createRole() {
        return "CREATE ROLE " + quote(settings.postgres().user()) + " LOGIN REPLICATION;";
    }

    /** The least that the pipeline needs: to connect, and to read the mapped tables. */
    public List<String> grants(String database) {
        String role = quote(settings.postgres().user());
        return List.of(
                "GRANT CONNECT ON DATABASE " + quote(database) + " TO " + role + ";",
                "GRANT USAGE ON SCHEMA " + schemas() + " TO " + role + ";",
                "GRANT SELECT ON " + list(settings.tables()) + " TO " + role + ";");
    }

    /** @param serverVersion as {@code server_version_num} */
    public String createPublication(int serverVersion) {
        return "CREATE PUBLICATION " + quote(settings.publication()) + " FOR TABLE " + list(settings.tables())
                + " WITH " + options(serverVersion) + ";";
    }

    /** Changes what the publication publishes to what the pipeline needs. */
    public String alterPublicationOptions(int serverVersion) {
        return "ALTER PUBLICATION " + quote(settings.publication()) + " SET " + options(serverVersion) + ";";
    }

    private static String options(int serverVersion) {
        return "(publish = 'insert, update, delete, truncate', publish_via_partition_root = true"
                + (serverVersion >= GENERATED_COLUMNS ? ", publish_generated_columns = stored" : "") + ")";
    }

    public String addTables(List<TableId> tables) {
        return "ALTER PUBLICATION " + quote(settings.publication()) + " ADD TABLE " + list(tables) + ";";
    }

    public String createSlot(int serverVersion) {
        return "SELECT pg_create_logical_replication_slot(" + literal(settings.slot()) + ", 'pgoutput', false, false"
                + (serverVersion >= FAILOVER_SLOTS ? ", true" : "") + ");";
    }

    public String dropSlot() {
        return "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = "
                + literal(settings.slot()) + ";";
    }

    static String fullIdentity(TableId table) {
        return "ALTER TABLE " + table.quoted() + " REPLICA IDENTITY FULL;";
    }

    private String schemas() {
        Set<String> schemas = new TreeSet<>();
        settings.tables().forEach(table -> schemas.add(quote(table.schema())));
        return String.join(", ", schemas);
    }

    private static String list(List<TableId> tables) {
        return tables.stream().map(TableId::quoted).collect(Collectors.joining(", "));
    }
}
