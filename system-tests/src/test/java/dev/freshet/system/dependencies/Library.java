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
        String version = jar.getName(jar.getNameCount() - 2).toString();
        String artifact = jar.getName(jar.getNameCount() - 3).toString();
        Pom pom = Pom.read(jar.resolveSibling(artifact + "-" + version + ".pom"));
        String name = pom.group() + ":" + artifact;
        Set<String> licences = pom.licences();
        return new Library(name, version, licences.isEmpty() ? Licences.unnamed(name) : licences);
    }
}
