package dev.freshet.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory in which every stack of one user leaves its trace, so that the next one finds what a killed one left.
 *
 * <p>Each stack has a directory here whose name says which process owns it. In it, or in the stack's data directory,
 * stands a pid file for each server. Safe for use by many processes at once.
 */
final class Registry {

    private static final Logger log = LoggerFactory.getLogger(Registry.class);
    private static final Pattern RUN = Pattern.compile("run-(\\d+)-(\\d+)-[0-9a-f]+");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String HOME = "home";

    private final Path root;

    private Registry(Path root) {
        this.root = root;
    }

    /** The one of {@code -Dfreshet.stack.home}, or else one in the directory for temporary files. */
    static Registry open() {
        String home = System.getProperty("freshet.stack.home", "");
        Path root = home.isEmpty()
                ? Path.of(System.getProperty("java.io.tmpdir"), "freshet-stack-" + Self.uid())
                : Path.of(home);
        Directories.make(root);
        requireOwn(root);
        return new Registry(root.toAbsolutePath());
    }

    Path binaries() {
        return Directories.make(root.resolve("bin"));
    }

    /** A directory for one more stack of this process, named after it from the first moment on. */
    Path newRun() {
        ProcessHandle self = ProcessHandle.current();
        String unique = UUID.randomUUID().toString().substring(0, 8);
        return Directories.make(
                root.resolve("run-" + self.pid() + "-" + RunningProcess.startedMillis(self) + "-" + unique));
    }

    /** As {@link #newRun()}, for a stack whose files are elsewhere. */
    Path newRun(Path home) {
        Path run = newRun();
        Directories.write(run.resolve(HOME), home.toString());
        return run;
    }

    static boolean isOwnerAlive(String runName) {
        Matcher name = RUN.matcher(runName);
        return name.matches() && RunningProcess.isAlive(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)));
    }

    static String ownerPid(String runName) {
        Matcher name = RUN.matcher(runName);
        return name.matches() ? name.group(1) : "unknown";
    }

    /** Ends the servers and removes the files of every stack whose process is gone; nothing else is touched. */
    void reap() {
        for (Path run : list(root)) {
            String name = run.getFileName().toString();
            if (RUN.matcher(name).matches() && !isOwnerAlive(name)) {
                reapRun(run, name);
            }
        }
    }

    private static void reapRun(Path run, String name) {
        try {
            Path link = run.resolve(HOME);
            if (Files.exists(link)) {
                DataDirectory.reapIfOwnedBy(Path.of(Directories.read(link)), name);
            } else {
                endServers(run);
            }
            Directories.delete(run);
        } catch (RuntimeException e) {
            // Not this stack's trouble: another process may be reaping the same one.
            log.warn("Could not clear away what process {} left in {}: {}", ownerPid(name), run, e.getMessage());
        }
    }

    /** Ends every server that has a pid file in this directory. */
    static void endServers(Path home) {
        for (Path file : list(home)) {
            if (file.toString().endsWith(".pid")) {
                RunningProcess.read(file)
                        .flatMap(recorded -> recorded.find().map(process -> new Found(recorded, process)))
                        .ifPresent(Found::end);
            }
        }
    }

    private record Found(RunningProcess recorded, ProcessHandle process) {
        void end() {
            log.info("Ending the server of a killed process: pid {}", process.pid());
            Termination.inGoodOrder(process, recorded.signal(), PATIENCE);
        }
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            throw new StackException("cannot list " + directory + ": make it readable", e);
        }
    }

    // The name is predictable: on a shared machine somebody else could have put a directory there first.
    private static void requireOwn(Path root) {
        long owner = Self.ownerOf(root);
        if (owner != Self.uid() || !Files.isWritable(root)) {
            throw new StackException(root + " belongs to the user with the id " + owner
                    + ", or cannot be written to: choose another directory by -Dfreshet.stack.home=DIRECTORY");
        }
    }
}
