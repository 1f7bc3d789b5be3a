package dev.freshet.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.stream.Stream;

/** How PostgreSQL, which runs neither as root nor as a user id without a name, is started by whoever we are. */
enum Privileges {
    /** As ourselves. */
    OWN {
        @Override
        List<String> prefix() {
            return List.of();
        }
    },
    /** In a user namespace in which we are nobody, while the files stay ours. */
    NAMESPACE {
        @Override
        List<String> prefix() {
            return List.of("unshare", "-U");
        }
    },
    /** As the user nobody, to whom the files are given; containers often forbid namespaces. */
    NOBODY {
        @Override
        List<String> prefix() {
            return List.of("setpriv", "--reuid=" + NOBODY_ID, "--regid=" + NOBODY_ID, "--clear-groups");
        }
    };

    private static final int NOBODY_ID = 65534;

    /** What stands before a command to run it so. */
    abstract List<String> prefix();

    static Privileges forPostgres() {
        if (Self.uid() != 0 && Self.hasName()) {
            return OWN;
        }
        return Stream.of(NAMESPACE, NOBODY)
                .filter(way -> Program.works(way.prefix()))
                .findFirst()
                .orElseThrow(() -> new StackException("PostgreSQL runs neither as root nor as a user id"
                        + " without a name, and neither unshare nor setpriv works here to run it as somebody else:"
                        + " start as an ordinary user, or install util-linux"));
    }

    /** Gives a directory and what is in it to the user that the server runs as. */
    void hand(Path directory) {
        if (this != NOBODY) {
            return;
        }
        requireReachable(directory);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.setAttribute(file, "unix:uid", NOBODY_ID);
                Files.setAttribute(file, "unix:gid", NOBODY_ID);
            }
        } catch (IOException e) {
            throw new StackException("cannot give " + directory + " to the user nobody, as whom PostgreSQL runs", e);
        }
    }

    private static void requireReachable(Path directory) {
        for (Path above = directory.getParent(); above != null; above = above.getParent()) {
            try {
                if (!Files.getPosixFilePermissions(above).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    throw new StackException("PostgreSQL has to run as the user nobody here, who cannot pass through "
                            + above + ": chmod o+x " + above + ", or choose another directory");
                }
            } catch (IOException e) {
                throw new StackException("cannot read the permissions of " + above, e);
            }
        }
    }
}
