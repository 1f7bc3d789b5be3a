package dev.freshet.stack;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a stack keeps its servers' files.
 *
 * @param home with a directory and a pid file for each server
 * @param run the stack's entry in the registry; the same as {@code home} for an ephemeral stack
 * @param fsync whether what a server acknowledged must survive a crash of the machine
 */
record Place(Path home, Path run, Binaries binaries, boolean fsync) {

    boolean isEphemeral() {
        return home.equals(run);
    }

    Path directory(String server) {
        return Directories.make(home.resolve(server));
    }

    Path pidFile(String server) {
        return home.resolve(server + ".pid");
    }

    /** The port that a server had last, while it is free; clients of a data directory then find it again. */
    int port(String server) {
        Path file = home.resolve(server + ".port");
        if (Files.exists(file)) {
            int last = Integer.parseInt(Directories.read(file));
            if (Ports.isFree(last)) {
                return last;
            }
        }
        int port = Ports.free();
        Directories.write(file, Integer.toString(port));
        return port;
    }
}
