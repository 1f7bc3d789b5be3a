package dev.freshet.stack;

import java.util.Locale;

/**
 * An operating system and a processor, as the artifacts that carry the servers name them.
 *
 * @param system {@code linux} or {@code darwin}
 * @param processor {@code amd64} or {@code arm64}
 */
record Platform(String system, String processor) {

    static Platform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    /** From the values of the Java properties {@code os.name} and {@code os.arch}. */
    static Platform of(String osName, String osArch) {
        return new Platform(system(osName, osArch), processor(osName, osArch));
    }

    String postgresArchive() {
        return "postgres-" + system + "-" + (processor.equals("amd64") ? "x86_64" : "arm_64") + ".txz";
    }

    String redisBinary() {
        return "redis-server-7.0.15-" + system + "-" + processor;
    }

    boolean isLinux() {
        return system.equals("linux");
    }

    private static String system(String osName, String osArch) {
        String name = osName.toLowerCase(Locale.ROOT);
        if (name.startsWith("linux")) {
            return "linux";
        }
        if (name.startsWith("mac") || name.startsWith("darwin")) {
            return "darwin";
        }
        throw unsupported(osName, osArch);
    }

    private static String processor(String osName, String osArch) {
        return switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> throw unsupported(osName, osArch);
        };
    }

    private static StackException unsupported(String osName, String osArch) {
        return new StackException("no embedded servers for " + osName + " on " + osArch
                + ": there are some for linux and macOS on amd64 and arm64; elsewhere start with"
                + " -Dfreshet.stack=containers");
    }
}
