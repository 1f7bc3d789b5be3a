package dev.freshet.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The claim of one stack on a data directory, which only one may use at a time. */
final class DataDirectory {

    private static final String OWNER = "owner";

    private DataDirectory() {}

    /** Claims it for a run; what a killed owner left running there is ended first. */
    static synchronized void claim(Path directory, Path run) {
        Directories.make(directory);
        Path owner = directory.resolve(OWNER);
        if (Files.exists(owner)) {
            String name = Directories.read(owner);
            if (Registry.isOwnerAlive(name)) {
                throw new StackException("the data directory " + directory + " is in use by process "
                        + Registry.ownerPid(name) + ": end that one, or choose another directory");
            }
            Registry.endServers(directory);
        }
        Directories.write(owner, run.getFileName().toString());
    }

    static void release(Path directory) {
        try {
            Files.deleteIfExists(directory.resolve(OWNER));
        } catch (IOException e) {
            throw new StackException("cannot remove " + directory.resolve(OWNER) + ": remove it by hand", e);
        }
    }

    /** Ends the servers there, unless another stack has taken the directory over. */
    static synchronized void reapIfOwnedBy(Path directory, String runName) {
        Path owner = directory.resolve(OWNER);
        if (Files.exists(owner) && Directories.read(owner).equals(runName)) {
            Registry.endServers(directory);
            release(directory);
        }
    }
}
