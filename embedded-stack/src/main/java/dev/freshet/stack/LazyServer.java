package dev.freshet.stack;

import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server that is made and started when it is first asked for. Thread-safe. */
final class LazyServer<S extends Server> {

    private final String name;
    private final Supplier<S> maker;
    private @Nullable S server;
    private boolean closed;

    private LazyServer(String name, Supplier<S> maker) {
        this.name = name;
        this.maker = maker;
    }

    /** @param settings null when the stack is to have no such server */
    static <T, S extends Server> LazyServer<S> of(String name, @Nullable T settings, Function<T, S> maker) {
        if (settings == null) {
            return new LazyServer<>(name, () -> {
                throw new IllegalStateException(
                        "this stack was built without " + name + ": call builder()." + name + "()");
            });
        }
        return new LazyServer<>(name, () -> maker.apply(settings));
    }

    synchronized S get() {
        if (closed) {
            throw new IllegalStateException("the stack of this " + name + " was closed");
        }
        S running = server;
        if (running == null) {
            running = maker.get();
            running.start();
            server = running;
        }
        return running;
    }

    synchronized void close() {
        closed = true;
        if (server != null) {
            server.close();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
