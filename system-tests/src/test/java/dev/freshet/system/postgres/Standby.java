package dev.freshet.system.postgres;

import dev.freshet.stack.EmbeddedStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Makes a standby from a cold copy of its primary's cluster. */
final class Standby {

    /** The replication slot on the primary. */
    static final String SLOT = "standby";

    private Standby() {}

    /**
     * Starts a standby that streams; the primary is restarted for it.
     *
     * @param primary on a data directory
     * @param settings of the standby's own
     */
    static EmbeddedStack of(EmbeddedStack primary, Path jar, Path from, Path to, Map<String, String> settings)
            throws IOException, InterruptedException {
        primary.postgres().stop();
        Files.createDirectories(to);
        int exit = new ProcessBuilder(
                        "cp",
                        "-a",
                        from.resolve("postgres").toString(),
                        to.resolve("postgres").toString())
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("cp ended with " + exit);
        }
        Files.createFile(to.resolve("postgres/data/standby.signal"));
        primary.postgres().start();
        Map<String, String> all = new HashMap<>(settings);
        all.put(
                "primary_conninfo",
                "host=127.0.0.1 port=" + primary.postgres().port() + " dbname=postgres user="
                        + primary.postgres().user() + " password="
                        + primary.postgres().password());
        all.put("primary_slot_name", SLOT);
        all.put("hot_standby_feedback", "on");
        return EmbeddedStack.builder()
                .postgres(all)
                .postgresFrom(jar)
                .dataDir(to)
                .fsync(false)
                .start();
    }
}
