package dev.freshet.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A process told apart from a later one that was given the same id: by when it started and by its command line.
 *
 * @param started milliseconds since 1970
 * @param marker what its command line contains; a path that no other process is started with
 * @param signal the signal that ends it in good order, as {@code kill} takes it
 */
record RunningProcess(long pid, long started, String marker, String signal) {

    // Linux tells when a process started in ticks since boot, and the time of the boot in whole seconds.
    private static final long CLOCK_TOLERANCE_MILLIS = 2_000;

    static RunningProcess of(ProcessHandle process, String marker, String signal) {
        return new RunningProcess(process.pid(), startedMillis(process), marker, signal);
    }

    /** What {@link #write} wrote; empty when the file is not there or not whole, as after a full disk. */
    static Optional<RunningProcess> read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() < 4) {
                return Optional.empty();
            }
            return Optional.of(new RunningProcess(
                    Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)), lines.get(2), lines.get(3)));
        } catch (IOException | NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    void write(Path file) {
        try {
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.write(fresh, List.of(Long.toString(pid), Long.toString(started), marker, signal));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new StackException("cannot write " + file + ": make its directory writable", e);
        }
    }

    /** The process, if it still runs and is this one; in doubt it is not. */
    Optional<ProcessHandle> find() {
        return ProcessHandle.of(pid)
                .filter(process -> startedAt(process, started))
                .filter(process -> process.info().commandLine().orElse("").contains(marker));
    }

    /** Whether a process that started then has this id now. */
    static boolean isAlive(long pid, long started) {
        return ProcessHandle.of(pid)
                .filter(process -> startedAt(process, started) && !isGone(process))
                .isPresent();
    }

    /** Whether it has ended; also when nobody has collected its exit status yet, for it has no command line then. */
    static boolean isGone(ProcessHandle process) {
        return !process.isAlive() || process.info().commandLine().isEmpty();
    }

    static long startedMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static boolean startedAt(ProcessHandle process, long started) {
        return Math.abs(startedMillis(process) - started) <= CLOCK_TOLERANCE_MILLIS;
    }
}
