package dev.freshet.system.faults;

import dev.freshet.system.process.Freshet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A listener or a writer, in a process of its own under a supervisor: what ended at its start because a server could not
 * be reached (exit code 3) is started again; whatever else ends by itself is a failure. Thread-safe.
 */
final class Part implements AutoCloseable {

    private static final int UNREACHABLE = 3;

    private final String name;
    private final Path directory;
    private final Path config;
    private final Link postgres;
    private final Link redis;
    private Optional<Freshet> process = Optional.empty();
    private boolean wanted;
    private Optional<String> complaint = Optional.empty();

    /** @param name the command, and a number */
    Part(String name, Path directory, Path config, Link postgres, Link redis) {
        this.name = name;
        this.directory = directory;
        this.config = config;
        this.postgres = postgres;
        this.redis = redis;
    }

    Link postgres() {
        return postgres;
    }

    Link redis() {
        return redis;
    }

    synchronized void start() {
        if (!wanted) {
            wanted = true;
            launch();
        }
    }

    private void launch() {
        complaint = Optional.empty();
        process = Optional.of(Freshet.start(
                directory,
                java.util.List.of("-Xshare:auto"),
                name.substring(0, name.indexOf('-')),
                "--config",
                config.toString()));
    }

    /** Looks whether it still runs. */
    synchronized void supervise() {
        if (!wanted || process.isEmpty() || process.get().isAlive()) {
            return;
        }
        int exit = process.get().exitCode(Duration.ofSeconds(1));
        if (exit == UNREACHABLE && !process.get().isReady()) {
            launch();
        } else if (complaint.isEmpty()) {
            complaint = Optional.of(name + " ended by itself with exit code " + exit + lastWords());
        }
    }

    /** Why it ended, where it ended by itself. */
    synchronized Optional<String> complaint() {
        return complaint;
    }

    synchronized boolean isReady() {
        return process.filter(Freshet::isAlive).filter(Freshet::isReady).isPresent();
    }

    synchronized void kill() {
        wanted = false;
        resume();
        process.ifPresent(Freshet::kill);
    }

    /** In good order. */
    synchronized void stop() {
        wanted = false;
        process.filter(Freshet::isAlive).ifPresent(running -> {
            // Its exit code may tell that a server it says goodbye to was away.
            var unused = running.terminate(Duration.ofSeconds(60));
        });
    }

    synchronized void suspend() {
        process.filter(Freshet::isAlive).ifPresent(Freshet::suspend);
    }

    synchronized void resume() {
        process.filter(Freshet::isAlive).ifPresent(Freshet::resume);
    }

    synchronized String lastWords() {
        return "\n==== " + name + process.map(Freshet::lastWords).orElse(" never ran");
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public synchronized void close() {
        wanted = false;
        process.ifPresent(running -> {
            resume();
            running.kill();
        });
    }
}
