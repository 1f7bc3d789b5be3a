package dev.freshet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What processes use, as Linux tells it under {@code /proc}; elsewhere nothing is known. */
final class Usage {

    private static final Path PROC = Path.of("/proc");
    /** USER_HZ, which is this on every architecture that these binaries exist for. */
    private static final double TICKS_A_SECOND = 100;

    private Usage() {}

    static boolean isKnown() {
        return Files.isReadable(PROC.resolve("self").resolve("stat"));
    }

    /** These processes and all that they have started. */
    static List<Long> withDescendants(Collection<Long> pids) {
        List<Long> all = new ArrayList<>();
        for (long pid : pids) {
            ProcessHandle.of(pid).ifPresent(process -> {
                all.add(pid);
                process.descendants().forEach(child -> all.add(child.pid()));
            });
        }
        return all;
    }

    /** Seconds of processor time that they, and those of their children that have ended, have used. */
    static double cpuSeconds(Collection<Long> pids) {
        return pids.stream().mapToDouble(Usage::cpuSeconds).sum();
    }

    private static double cpuSeconds(long pid) {
        return read(pid, "stat").map(Usage::cpuSecondsOf).orElse(0.0);
    }

    /** The process's name may hold spaces and parentheses, so what follows it is counted from its end. */
    static double cpuSecondsOf(String stat) {
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        double ticks = 0;
        // utime, stime, cutime and cstime: fields 14 to 17 of proc(5), where the state is field 3.
        for (int field = 14; field <= 17; field++) {
            ticks += Long.parseLong(fields.get(field - 3));
        }
        return ticks / TICKS_A_SECOND;
    }

    /** The most memory that each has held, in megabytes, added up. */
    static double peakMegabytes(Collection<Long> pids) {
        return pids.stream()
                .mapToDouble(
                        pid -> read(pid, "status").map(Usage::peakMegabytesOf).orElse(0.0))
                .sum();
    }

    static double peakMegabytesOf(String status) {
        return status.lines()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    private static Optional<String> read(long pid, String file) {
        try {
            return Optional.of(Files.readString(PROC.resolve(Long.toString(pid)).resolve(file)));
        } catch (IOException e) {
            return Optional.empty(); // It has ended.
        }
    }
}
