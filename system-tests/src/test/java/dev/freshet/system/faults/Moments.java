package dev.freshet.system.faults;

import static org.awaitility.Awaitility.await;

import dev.freshet.stack.Server;
import dev.freshet.system.faults.Fault.Undo;
import dev.freshet.system.process.Signals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Time that passes, and what is awaited in it. */
final class Moments {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Moments() {}

    static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> System.nanoTime() - end >= 0);
    }

    /** Until it holds; whatever fails meanwhile is tried again. */
    static void until(String what, Callable<Boolean> condition) {
        await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(condition);
    }

    /** Stops a server with all its workers where they stand. */
    static Undo paused(Server server) {
        ProcessHandle main = ProcessHandle.of(server.pid()).orElseThrow();
        Signals.suspend(main.pid());
        List<Long> all = Stream.concat(main.descendants(), Stream.of(main))
                .map(ProcessHandle::pid)
                .toList();
        all.forEach(Moments::suspendIfThere);
        return () ->
                all.stream().filter(pid -> ProcessHandle.of(pid).isPresent()).forEach(Signals::resume);
    }

    private static void suspendIfThere(long pid) {
        if (ProcessHandle.of(pid).isPresent()) {
            Signals.suspend(pid);
        }
    }

    /** Lets commits wait for a standby that is not there. */
    static Undo commitsHeld(Stage stage) throws Exception {
        stage.setting("synchronous_standby_names", "absent");
        return () -> stage.setting("synchronous_standby_names", "");
    }
}
