package dev.freshet.system.dependencies;

import java.nio.file.Path;
import java.util.Set;

/**
 * A jar of a Maven repository. Immutable.
 *
 * @param name group and artifact
 * @param licences SPDX identifiers; of several, the user may choose
 */
record Library(String name, String version, Set<String> licences) {

    static Library of(Path jar) {
        Path version = jar.getParent();
        String artifact = version.getParent().getFileName().toString();
        Pom pom = Pom.read(version.resolve(artifact + "-" + version.getFileName() + ".pom"));
        String name = pom.group() + ":" + artifact;
        Set<String> licences = pom.licences();
        return new Library(
                name, version.getFileName().toString(), licences.isEmpty() ? Licences.unnamed(name) : licences);
    }
}
