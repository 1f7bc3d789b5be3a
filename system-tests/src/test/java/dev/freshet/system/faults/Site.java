package dev.freshet.system.faults;

import dev.freshet.system.oracle.Entry;
import dev.freshet.system.process.RedisView;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;

/** Where load and readers meet the product: its processes, the servers behind them, and what happened. Thread-safe. */
interface Site {

    /** Why a process of the product ended, where one did by itself. */
    Optional<String> complaint();

    /** Whether a listener and all writers say so. */
    boolean ready();

    Readers readers();

    RedisView view();

    default RedisClusterCommands<String, String> redis() {
        return view().commands();
    }

    Admin admin();

    Connection connect() throws SQLException;

    void execute(String database, String... sql) throws SQLException;

    Chronicle chronicle();

    /** What readers do not fill, this does; while nothing changes. */
    default void fillBeforehand() throws SQLException {
        try (Connection connection = connect()) {
            Rows rows = Rows.read(connection);
            for (Form form : Form.values()) {
                if (form.filler() == Form.Filler.BEFOREHAND) {
                    for (Map<String, Long> row : rows.of(form.table())) {
                        view().fill(List.of(form.entry(row)), form.json(row).toString());
                    }
                }
            }
        }
    }

    default void emptyTheCache() {
        view().entries().stream().map(Entry::key).distinct().forEach(key -> redis().del(key));
    }
}
