package dev.freshet.cli;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT, heard as a wish to stop, so that the parts close in order before the JVM's shutdown hooks end the
 * embedded servers under them, and the exit code says how that went. Thread-safe.
 */
public final class StopSignal {

    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

    private final CompletableFuture<Void> asked = new CompletableFuture<>();

    private StopSignal() {}

    /** From now on the signals no longer end the JVM by themselves. */
    public static StopSignal install() {
        StopSignal stop = new StopSignal();
        for (String signal : List.of("TERM", "INT")) {
            try {
                stop.hear(signal);
            } catch (ReflectiveOperationException e) {
                // The JVM then ends at once, which loses nothing: a restart goes on from what was acknowledged.
                LOG.warn("This JVM does not let SIG{} be handled", signal);
            }
        }
        return stop;
    }

    /** By reflection: the compiler warns of this class, which every JVM has, and no other one does the job. */
    private void hear(String name) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object listener = Proxy.newProxyInstance(
                StopSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return method.invoke(this, arguments);
                    }
                    asked.complete(null);
                    return null;
                });
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
    }

    /** Whether a stop was asked for, or {@code ended} completed, in whatever way, within the limit. */
    public boolean awaitStop(Duration limit, CompletableFuture<Void> ended) throws InterruptedException {
        try {
            CompletableFuture.anyOf(asked, ended).get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
