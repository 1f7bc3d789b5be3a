package dev.freshet.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Servers that are child processes. */
final class EmbeddedServers implements Servers {

    private final Place place;

    private EmbeddedServers(Place place) {
        this.place = place;
    }

    /** Their files go with them. */
    static EmbeddedServers ephemeral(boolean fsync, @Nullable Path postgresJar) {
        Registry registry = Registry.open();
        registry.reap();
        Path run = registry.newRun();
        return new EmbeddedServers(new Place(run, run, new Binaries(registry, postgresJar), fsync));
    }

    /** Their files stay in a directory, which nobody else may use meanwhile. */
    static EmbeddedServers in(Path directory, boolean fsync, @Nullable Path postgresJar) {
        Registry registry = Registry.open();
        registry.reap();
        Path home = directory.toAbsolutePath().normalize();
        Path run = registry.newRun(home);
        try {
            DataDirectory.claim(home, run);
        } catch (StackException e) {
            Directories.delete(run);
            throw e;
        }
        return new EmbeddedServers(new Place(home, run, new Binaries(registry, postgresJar), fsync));
    }

    @Override
    public PostgresServer postgres(Map<String, String> settings) {
        return new EmbeddedPostgres(place, settings);
    }

    @Override
    public RedisServer redis(List<String> args) {
        return new EmbeddedRedis(place, args);
    }

    @Override
    public KafkaServer kafka(Map<String, String> settings) {
        return new EmbeddedKafka(place, settings);
    }

    @Override
    public void close() {
        if (!place.isEphemeral()) {
            DataDirectory.release(place.home());
        }
        Directories.delete(place.run());
    }
}
