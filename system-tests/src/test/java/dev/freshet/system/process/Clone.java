package dev.freshet.system.process;

import java.nio.file.Files;
import java.nio.file.Path;

/** The clone of the repository that these tests stand in. */
public final class Clone {

    /** Where the launcher stands. */
    public static final Path ROOT = root();

    private Clone() {}

    private static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve("freshet"))) {
                return at;
            }
        }
        throw new IllegalStateException("no launcher above " + Path.of("").toAbsolutePath());
    }
}
