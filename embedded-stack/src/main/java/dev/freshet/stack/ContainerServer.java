package dev.freshet.stack;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** A server in a container of a Docker on this machine, reached through a fixed port of the loopback interface. */
abstract class ContainerServer implements Server {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 50;

    private final GenericContainer<?> container;
    private final int port;
    private boolean created;
    private boolean closed;

    /** @param inner the port inside the container */
    ContainerServer(GenericContainer<?> container, int inner) {
        this.container = container;
        this.port = Ports.free();
        // Docker would choose another port each time the container is started again.
        container.setPortBindings(List.of(address() + ":" + inner));
    }

    /** Whether it answers; throws when it does not yet accept connections. */
    abstract boolean isReady() throws IOException;

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
    public final synchronized long pid() {
        return isRunning() ? state().getPidLong() : 0;
    }

    @Override
    public final synchronized void start() {
        if (closed) {
            throw new IllegalStateException(container.getDockerImageName() + " was closed");
        }
        if (!created) {
            create();
            created = true;
        } else if (!isRunning()) {
            docker().startContainerCmd(container.getContainerId()).exec();
        }
        await("answer", this::answers);
    }

    private void create() {
        try {
            container.start();
        } catch (RuntimeException e) {
            container.stop();
            // Testcontainers logs it, and keeps nothing to quote.
            throw new StackException(
                    "the container of " + container.getDockerImageName()
                            + " did not start: see what it said in the log",
                    e);
        }
    }

    @Override
    public final synchronized void kill() {
        if (isRunning()) {
            docker().killContainerCmd(container.getContainerId()).exec();
            await("end", () -> !isRunning());
        }
    }

    @Override
    public final synchronized void stop() {
        if (isRunning()) {
            docker().stopContainerCmd(container.getContainerId()).exec();
            await("end", () -> !isRunning());
        }
    }

    @Override
    public final synchronized void close() {
        closed = true;
        container.stop();
    }

    private interface Condition {
        boolean holds();
    }

    private void await(String what, Condition condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new StackException("the container of " + container.getDockerImageName() + " did not " + what
                        + " within " + PATIENCE.toSeconds() + " s: see docker logs " + container.getContainerId());
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

    private boolean isRunning() {
        return created && !closed && Boolean.TRUE.equals(state().getRunning());
    }

    private ContainerState state() {
        return docker().inspectContainerCmd(container.getContainerId()).exec().getState();
    }

    private static DockerClient docker() {
        return DockerClientFactory.instance().client();
    }
}
