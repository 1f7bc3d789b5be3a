package dev.freshet.system.documents;

import dev.freshet.system.process.Clone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Markdown file of this repository. Immutable.
 *
 * @param prose the text without its fenced blocks
 */
record Document(Path file, List<Block> blocks, String prose) {

    static final Path ROOT = Clone.ROOT;

    private static final Pattern FENCE = Pattern.compile("(\\s*)```(\\w*)\\s*");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*)$");
    private static final Pattern BEGINNING = Pattern.compile("<!-- test: begins after (\\S+) -->");

    /** All that readers are meant to read. */
    static List<Document> all() {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
                                    .map(ROOT::resolve),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted())
                    .map(Document::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Document read(Path file) {
        try {
            return parse(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Document parse(Path file, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        StringBuilder prose = new StringBuilder();
        String before = "";
        for (int i = 0; i < lines.size(); i++) {
            Matcher fence = FENCE.matcher(lines.get(i));
            if (fence.matches()) {
                int begin = i + 1;
                String indent = fence.group(1);
                StringBuilder text = new StringBuilder();
                for (i++; i < lines.size() && !lines.get(i).strip().equals("```"); i++) {
                    String line = lines.get(i);
                    text.append(line.startsWith(indent) ? line.substring(indent.length()) : line.strip())
                            .append('\n');
                }
                String place = name(file) + ":" + begin;
                blocks.add(new Block(place, fence.group(2), text.toString(), notes(place, before)));
                before = "";
            } else {
                prose.append(lines.get(i)).append('\n');
                before = lines.get(i).isBlank() ? before : lines.get(i);
            }
        }
        return new Document(file, List.copyOf(blocks), prose.toString());
    }

    private static Notes notes(String place, String line) {
        try {
            return BEGINNING.matcher(line).find() ? Notes.none() : Notes.of(line);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private static String name(Path file) {
        return ROOT.relativize(file).toString();
    }

    /** The document whose blocks are tried before those of this one. */
    Optional<Document> beginsAfter() {
        Matcher beginning = BEGINNING.matcher(prose);
        return beginning.find() ? Optional.of(read(file.resolveSibling(beginning.group(1)))) : Optional.empty();
    }

    boolean isTried() {
        return blocks.stream().anyMatch(Block::isTried);
    }

    /** What is printed as code within the text, on one line each. */
    List<String> code() {
        return CODE.matcher(prose)
                .results()
                .map((MatchResult code) -> code.group(1).replaceAll("\\s+", " ").strip())
                .toList();
    }

    /** The targets of its links. */
    List<String> links() {
        return LINK.matcher(CODE.matcher(prose).replaceAll("code"))
                .results()
                .map((MatchResult link) -> link.group(1))
                .toList();
    }

    /** What a link may name behind {@code #}, as the usual renderers make it of the headings. */
    Set<String> anchors() {
        return HEADING.matcher(prose)
                .results()
                .map((MatchResult heading) -> heading.group(1)
                        .replaceAll("\\[([^\\]]*)]\\([^)]*\\)", "$1")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .strip()
                        .replace(' ', '-'))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    @Override
    public String toString() {
        return name(file);
    }
}
