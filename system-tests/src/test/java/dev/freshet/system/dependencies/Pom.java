package dev.freshet.system.dependencies;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What a pom in a Maven repository says of its group, its parent and its licences. */
final class Pom {

    private static final XPath XPATH = XPathFactory.newInstance().newXPath();

    private final Path file;
    private final Document xml;

    private Pom(Path file, Document xml) {
        this.file = file;
        this.xml = xml;
    }

    static Pom read(Path file) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            return new Pom(file, factory.newDocumentBuilder().parse(file.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SAXException | ParserConfigurationException e) {
            throw new IllegalStateException(file + " is no pom", e);
        }
    }

    private String text(String path) {
        try {
            return XPATH.evaluate(path, xml).strip();
        } catch (XPathException e) {
            throw new IllegalStateException(e);
        }
    }

    String group() {
        String own = text("/project/groupId");
        return own.isEmpty() ? text("/project/parent/groupId") : own;
    }

    /** Where the groups are: above group, artifact and version. */
    private Path repository() {
        int above = group().split("\\.", -1).length + 3;
        return file.resolve("../".repeat(above)).normalize();
    }

    Optional<Pom> parent() {
        String artifact = text("/project/parent/artifactId");
        String version = text("/project/parent/version");
        if (artifact.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(read(repository()
                .resolve(text("/project/parent/groupId").replace('.', '/'))
                .resolve(artifact)
                .resolve(version)
                .resolve(artifact + "-" + version + ".pom")));
    }

    /** The SPDX identifiers of the licences that it names, or else the nearest of its parents. */
    Set<String> licences() {
        Set<String> named = new LinkedHashSet<>();
        try {
            NodeList licences = (NodeList) XPATH.evaluate("/project/licenses/license", xml, XPathConstants.NODESET);
            for (int i = 0; i < licences.getLength(); i++) {
                named.add(Licences.spdx(
                        XPATH.evaluate("name", licences.item(i)).strip(),
                        XPATH.evaluate("url", licences.item(i)).strip()));
            }
        } catch (XPathException e) {
            throw new IllegalStateException(e);
        }
        return named.isEmpty() ? parent().map(Pom::licences).orElse(Set.of()) : named;
    }
}
