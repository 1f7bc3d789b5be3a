package dev.freshet.system.dependencies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.system.process.Clone;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/dependencies.md} lists what is on the class path of each thing that is shipped, and under which licence. */
class DependenciesTest {

    private static final String BEGIN = "<!-- listed: begin -->\n";
    private static final String END = "<!-- listed: end -->\n";

    /** What users get, and the module whose class path it runs with. */
    private static final Map<String, String> SHIPPED = shipped();

    private static Map<String, String> shipped() {
        Map<String, String> shipped = new LinkedHashMap<>();
        shipped.put("cli", "freshet");
        shipped.put("cache-client", "cache-client");
        shipped.put("demo-api", "demo");
        return shipped;
    }

    /** This module's build directory is named as those of the others. */
    private static Path classPathOf(String module) throws URISyntaxException {
        Path classes = Path.of(DependenciesTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return Clone.ROOT
                .resolve(module)
                .resolve(Clone.ROOT.resolve("system-tests").relativize(classes.getParent()))
                .resolve("runtime-classpath");
    }

    /** Each library, and what it is in. */
    private static Map<Library, Set<String>> libraries() throws IOException, URISyntaxException {
        Map<String, Library> byJar = new TreeMap<>();
        Map<String, Set<String>> usedIn = new TreeMap<>();
        for (Map.Entry<String, String> part : SHIPPED.entrySet()) {
            for (String jar :
                    Files.readString(classPathOf(part.getKey())).strip().split(":", -1)) {
                Library library = byJar.computeIfAbsent(jar, file -> Library.of(Path.of(file)));
                usedIn.computeIfAbsent(library.name(), name -> new TreeSet<>()).add(part.getValue());
            }
        }
        Map<Library, Set<String>> libraries = new LinkedHashMap<>();
        new TreeMap<>(byJar.values().stream()
                        .collect(Collectors.toMap(Library::name, library -> library, (one, other) -> one)))
                .values()
                .forEach(library -> libraries.put(library, usedIn.get(library.name())));
        return libraries;
    }

    private static String listed(Map<Library, Set<String>> libraries) {
        List<String> lines = new ArrayList<>();
        lines.add("| library | version | licence | in |");
        lines.add("|---|---|---|---|");
        libraries.forEach((library, parts) -> lines.add("| " + library.name() + " | " + library.version() + " | "
                + String.join(" or ", library.licences()) + " | " + String.join(", ", parts) + " |"));
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    @Test
    void theListIsCurrent() throws Exception {
        Path file = Clone.ROOT.resolve("docs/dependencies.md");
        String text = Files.readString(file);
        String current = text.substring(0, text.indexOf(BEGIN) + BEGIN.length()) + "\n" + listed(libraries()) + "\n"
                + text.substring(text.indexOf(END));
        if (Boolean.getBoolean("freshet.write-docs")) {
            Files.writeString(file, current);
        }
        assertThat(Files.readString(file))
                .describedAs("docs/dependencies.md; -Dfreshet.write-docs=true writes it")
                .isEqualTo(current);
    }

    @Test
    void everyLicenceIsOneThatMayBeShipped() throws Exception {
        Map<Library, Set<String>> libraries = libraries();
        assertThat(libraries).hasSizeGreaterThan(50);
        assertThat(libraries.keySet())
                .allSatisfy(library -> assertThat(library.licences())
                        .describedAs(library.name())
                        .containsAnyElementsOf(Licences.SHIPPED));
    }

    @Test
    void licencesAreKnownByWhatPomsCallThem() {
        assertThat(Licences.spdx("The Apache Software License, Version 2.0", ""))
                .isEqualTo("Apache-2.0");
        assertThat(Licences.spdx("BSD", "https://opensource.org/licenses/BSD-2-Clause"))
                .isEqualTo("BSD-2-Clause");
        assertThat(Licences.spdx("GNU Affero General Public License v3", "")).isNotIn(Licences.SHIPPED);
        assertThat(Licences.spdx("SSPL", "")).isNotIn(Licences.SHIPPED);
    }
}
