package dev.freshet.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that is a child process: its life, whichever server it is. Thread-safe. */
abstract class ChildServer implements Server {

    private static final Logger log = LoggerFactory.getLogger(ChildServer.class);
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 10;

    private final String name;
    private final String signal;
    private final Place place;
    private final Path directory;
    private final int port;

    private volatile @Nullable ChildProcess process;
    private boolean closed;

    /** @param signal the one that ends the server in good order without waiting for its clients */
    ChildServer(String name, String signal, Place place) {
        this.name = name;
        this.signal = signal;
        this.place = place;
        this.directory = place.directory(name);
        this.port = place.port(name);
    }

    /** Makes the files that the server needs to start, where they are not there yet. */
    abstract void prepare();

    /** The command; {@link #directory()} must stand in it, since that tells this process from any other. */
    abstract List<String> command();

    /** What has to stand before the command. */
    List<String> privileges() {
        return List.of();
    }

    /** Whether it answers; throws when it does not yet accept connections. */
    abstract boolean isReady() throws IOException;

    final Path directory() {
        return directory;
    }

    final Place place() {
        return place;
    }

    public final String host() {
        return Ports.HOST;
    }

    public final int port() {
        return port;
    }

    @Override
    public final String address() {
        return Ports.HOST + ":" + port;
    }

    @Override
    public final long pid() {
        ChildProcess running = process;
        return running != null && running.isAlive() ? running.handle().pid() : 0;
    }

    @Override
    public final synchronized void start() {
        if (closed) {
            throw new IllegalStateException(name + " was closed");
        }
        if (pid() != 0) {
            return;
        }
        long began = System.nanoTime();
        prepare();
        ChildProcess started =
                ChildProcess.start(privileges(), command(), signal, directory, directory.resolve(name + ".log"));
        process = started;
        RunningProcess.of(started.handle(), directory.toString(), signal).write(place.pidFile(name));
        try {
            awaitReady(started);
        } catch (StackException e) {
            kill();
            throw e;
        }
        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        log.debug("{} answers on {} after {} ms, pid {}", name, address(), millis, pid());
    }

    @Override
    public final synchronized void kill() {
        ChildProcess running = process;
        if (running != null && running.isAlive()) {
            running.kill();
        }
    }

    @Override
    public final synchronized void stop() {
        ChildProcess running = process;
        if (running != null && running.isAlive()) {
            running.end(STOP);
        }
    }

    @Override
    public final synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (place.isEphemeral()) {
            kill();
            Directories.delete(directory);
        } else {
            stop();
        }
        try {
            Files.deleteIfExists(place.pidFile(name));
        } catch (IOException e) {
            throw new StackException("cannot remove " + place.pidFile(name) + ": remove it by hand", e);
        }
    }

    private void awaitReady(ChildProcess started) {
        long deadline = System.nanoTime() + START.toNanos();
        while (!answers()) {
            if (!started.isAlive()) {
                throw new StackException(
                        name + " ended while starting in " + directory + "; its log ends:\n" + started.lastWords());
            }
            if (System.nanoTime() > deadline) {
                throw new StackException(name + " does not answer on " + address() + " after " + START.toSeconds()
                        + " s; its log in " + directory + " ends:\n" + started.lastWords());
            }
            Termination.pause(POLL_MILLIS);
        }
    }

    private boolean answers() {
        try {
            return isReady();
        } catch (IOException notYet) {
            return false;
        }
    }
}
