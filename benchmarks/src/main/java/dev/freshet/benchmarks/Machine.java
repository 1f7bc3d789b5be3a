package dev.freshet.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What it is measured on.
 *
 * @param load the load average of the last minute
 */
record Machine(String processor, int cores, String system, String java, String load) {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    static Machine here() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                model(),
                system.getAvailableProcessors(),
                system.getName() + " " + system.getVersion() + " " + system.getArch(),
                System.getProperty("java.version"),
                String.format(Locale.ROOT, "%.2f", system.getSystemLoadAverage()));
    }

    private static String model() {
        try {
            return Files.readAllLines(CPUINFO).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown processor");
        } catch (IOException e) {
            return "unknown processor";
        }
    }

    String line() {
        return processor + ", " + cores + " cores, " + system + ", Java " + java;
    }
}
