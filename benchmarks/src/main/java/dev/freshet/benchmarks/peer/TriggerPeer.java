package dev.freshet.benchmarks.peer;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * What many write by hand: a trigger calls {@code pg_notify} with the row's id, this listens and unlinks the key. What is
 * told while it does not listen is lost.
 */
public final class TriggerPeer {

    /** Of its channel, function and trigger. */
    public static final String NAME = "bench_trigger";

    private TriggerPeer() {}

    /** Listens until it is killed. */
    public static void main(String[] arguments) throws SQLException {
        PeerSettings settings = PeerSettings.of(System.getenv());
        try (Connection connection = settings.connect(new Properties());
                Unlinks unlinks = new Unlinks(settings.redis())) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("LISTEN " + NAME);
            }
            PGConnection listening = connection.unwrap(PGConnection.class);
            while (true) {
                PGNotification[] told = listening.getNotifications(0);
                if (told != null) {
                    for (PGNotification one : told) {
                        unlinks.add(("item:" + one.getParameter()).getBytes(StandardCharsets.US_ASCII));
                    }
                    unlinks.flush();
                }
            }
        }
    }

    /** What it needs at the source. */
    public static String[] setup(String table) {
        return new String[] {
            "CREATE OR REPLACE FUNCTION " + NAME + "() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN PERFORM pg_notify('" + NAME + "', NEW.id::text); RETURN NULL; END $$",
            "CREATE TRIGGER " + NAME + " AFTER INSERT OR UPDATE ON " + table + " FOR EACH ROW EXECUTE FUNCTION " + NAME
                    + "()"
        };
    }

    /** Takes it away. */
    public static String teardown() {
        return "DROP FUNCTION IF EXISTS " + NAME + " CASCADE";
    }
}
