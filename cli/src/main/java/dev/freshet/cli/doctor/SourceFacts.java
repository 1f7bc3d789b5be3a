package dev.freshet.cli.doctor;

import dev.freshet.cli.check.ServerFacts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a PostgreSQL says of itself and of the pipeline's role, slot and neighbours. Immutable.
 *
 * @param settings of {@code pg_settings}, by name
 * @param laxCommits where {@code synchronous_commit} is off
 * @param seesOthers whether the role sees what others' sessions do
 * @param publication whether the publication stands
 * @param slots all of the server's; the pipeline's own has {@link Slot#own}
 */
record SourceFacts(
        ServerFacts server,
        Role role,
        Map<String, String> settings,
        List<LaxCommit> laxCommits,
        boolean seesOthers,
        List<Open> open,
        List<Prepared> prepared,
        boolean publication,
        List<Slot> slots) {

    SourceFacts {
        settings = Map.copyOf(settings);
        laxCommits = List.copyOf(laxCommits);
        open = List.copyOf(open);
        prepared = List.copyOf(prepared);
        slots = List.copyOf(slots);
    }

    record Role(boolean superuser, boolean createRole, boolean createDatabase, boolean bypassRowSecurity) {}

    /** Both empty: for the whole server. */
    record LaxCommit(Optional<String> database, Optional<String> role) {}

    /** A session's transaction, with an id or a snapshot of its own. */
    record Open(int pid, String user, boolean idle, Duration age) {}

    record Prepared(String gid, String database, Duration age) {}

    /** @param failover whether standbys keep it; empty where the server is older than 17 */
    record Slot(
            String name,
            boolean own,
            boolean physical,
            boolean active,
            long retainedBytes,
            String walStatus,
            Optional<Boolean> failover) {}

    String setting(String name) {
        return settings.getOrDefault(name, "");
    }

    Optional<Slot> ownSlot() {
        return slots.stream().filter(Slot::own).findFirst();
    }
}
