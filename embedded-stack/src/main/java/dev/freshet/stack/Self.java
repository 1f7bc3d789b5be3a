package dev.freshet.stack;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The user as whom this process runs. */
final class Self {

    private static final Path PROCESS = Path.of("/proc/self");

    private Self() {}

    static long uid() {
        // UnixSystem takes a user id without a name, as containers are often given, for root.
        return Files.exists(PROCESS) ? ownerOf(PROCESS) : new UnixSystem().getUid();
    }

    /** Whether the system's list of users has this one. */
    static boolean hasName() {
        return !System.getProperty("user.name", "?").equals("?");
    }

    static long ownerOf(Path path) {
        try {
            return ((Number) Files.getAttribute(path, "unix:uid")).longValue();
        } catch (IOException e) {
            throw new StackException("cannot tell whom " + path + " belongs to", e);
        }
    }
}
