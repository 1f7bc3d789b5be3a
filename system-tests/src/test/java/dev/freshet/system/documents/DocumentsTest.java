package dev.freshet.system.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents name exists, and what they tell to type is taken; {@link DocumentsIT} runs it. */
class DocumentsTest {

    private static final Set<String> LANGUAGES =
            Set.of("sh", "sql", "redis", "yaml", "java", "json", "properties", "lua", "text");

    /** What a sandbox has, beside Freshet itself. */
    private static final Set<String> PROGRAMS =
            Set.of("./freshet", "curl", "redis-cli", "psql", "export", "unset", "grep", "cat", "echo", "ls", "cp");

    /** Stand for what a reader fills in. */
    private static final Map<String, String> PLACEHOLDERS = Map.of("ID", "0:0", "N", "1", "ID…", "0:0");

    private static final Pattern MAVEN_PROPERTY = Pattern.compile("-D(freshet\\.[\\w.-]+)");
    private static final Pattern MAVEN_PROFILE = Pattern.compile("-P([\\w-]+)");

    private static final List<Document> DOCUMENTS = Document.all();

    private static List<Block> blocks(String language) {
        return DOCUMENTS.stream()
                .flatMap(document -> document.blocks().stream())
                .filter(block -> block.language().equals(language))
                .toList();
    }

    @Test
    void thereIsSomethingToJudge() {
        assertThat(DOCUMENTS).hasSizeGreaterThan(15);
        assertThat(blocks("sh")).hasSizeGreaterThan(20);
        assertThat(blocks("yaml")).hasSizeGreaterThan(2);
        assertThat(DOCUMENTS.stream().filter(Document::isTried)).hasSizeGreaterThan(2);
    }

    @Test
    void everyDocumentIsReachedFromTheReadme() {
        Map<Path, Document> unseen = new HashMap<>();
        DOCUMENTS.forEach(document -> unseen.put(document.file(), document));
        Deque<Path> next = new ArrayDeque<>(List.of(Document.ROOT.resolve("README.md")));
        while (!next.isEmpty()) {
            Document document = unseen.remove(next.pop());
            if (document != null) {
                document.links().forEach(link -> next.push(target(document, link)));
            }
        }
        // Tools look for it by its name.
        unseen.remove(Document.ROOT.resolve("CHANGELOG.md"));
        assertThat(unseen.values()).isEmpty();
    }

    private static Path target(Document document, String link) {
        String path = link.replaceFirst("#.*$", "");
        return path.isEmpty()
                ? document.file()
                : document.file().resolveSibling(path).normalize();
    }

    @Test
    void everyLinkLeadsSomewhere() {
        for (Document document : DOCUMENTS) {
            for (String link : document.links()) {
                if (link.matches("(https?|mailto):.*")) {
                    continue;
                }
                Path target = target(document, link);
                assertThat(target).describedAs("%s: %s", document, link).exists();
                if (link.contains("#")) {
                    assertThat(Document.read(target).anchors())
                            .describedAs("%s: %s", document, link)
                            .contains(link.substring(link.indexOf('#') + 1));
                }
            }
        }
    }

    @Test
    void everyDocumentThatTheCodeNamesExists() throws IOException {
        Pattern named = Pattern.compile("docs/([\\w./-]+\\.md)(?:#([\\w-]+))?");
        try (Stream<Path> files = Files.walk(Document.ROOT)) {
            for (Path file : files.filter(DocumentsTest::isMainSource).toList()) {
                for (MatchResult name :
                        named.matcher(Files.readString(file)).results().toList()) {
                    Path target = Document.ROOT.resolve("docs").resolve(name.group(1));
                    assertThat(target).describedAs(file.toString()).exists();
                    if (name.group(2) != null) {
                        assertThat(Document.read(target).anchors())
                                .describedAs(file.toString())
                                .contains(name.group(2));
                    }
                }
            }
        }
    }

    private static boolean isMainSource(Path file) {
        return file.toString().contains("/src/main/java/") && file.toString().endsWith(".java");
    }

    /** A path printed as code that begins like one of this repository is one. */
    @Test
    void everyPathThatIsNamedExists() throws IOException {
        Set<String> top;
        try (Stream<Path> entries = Files.list(Document.ROOT)) {
            top = entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toSet());
        }
        for (Document document : DOCUMENTS) {
            for (String code : document.code()) {
                boolean path =
                        code.matches("[\\w.-]+(/[\\w.-]+)+/?") && top.contains(code.substring(0, code.indexOf('/')));
                if (path && !code.startsWith("target/") && !code.contains("NNNN")) {
                    assertThat(Document.ROOT.resolve(code))
                            .describedAs(document.toString())
                            .exists();
                }
            }
        }
    }

    @Test
    void everyBlockSaysWhatItIs() {
        DOCUMENTS.forEach(document -> assertThat(document.blocks())
                .allSatisfy(block -> assertThat(block.language()).isIn(LANGUAGES)));
    }

    @Test
    void everyCommandIsRunOrSaysWhyNot() {
        for (Block block : blocks("sh")) {
            if (block.isTried()) {
                for (List<String> command : block.commands()) {
                    assertThat(PROGRAMS)
                            .describedAs(
                                    "%s: no sandbox has '%s'; say above the block <!-- test: not here, REASON -->",
                                    block, command.get(0))
                            .contains(command.get(0));
                }
            }
        }
    }

    @Test
    void everyShellBlockIsOfTheShellsGrammar() throws Exception {
        for (Block block : blocks("sh")) {
            Process shell =
                    new ProcessBuilder("sh", "-n").redirectErrorStream(true).start();
            shell.outputWriter().append(block.text()).close();
            String said = new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(shell.waitFor()).describedAs("%s: %s", block, said).isZero();
        }
    }

    @Test
    void everyCommandIsTakenByTheCommandLine() {
        int seen = 0;
        for (Block block : blocks("sh")) {
            for (List<String> command : block.commands()) {
                seen += taken(block.place(), command);
            }
        }
        for (Document document : DOCUMENTS) {
            for (String code : document.code()) {
                if (code.startsWith("./freshet ")) {
                    for (List<String> command : Shell.commands(code)) {
                        seen += taken(document.toString(), command);
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(50);
    }

    private static int taken(String place, List<String> command) {
        int begin = CommandLines.arguments(command);
        if (begin < 0 || command.contains("COMMAND")) {
            return 0;
        }
        if (command.size() == 2 && place.indexOf(':') < 0) {
            // Within a sentence, a name and nothing more is not for typing.
            assertThat(command.get(1)).describedAs(place).matches(DocumentsTest::isCommand);
            return 1;
        }
        List<String> arguments = command.subList(begin, command.size()).stream()
                .map(word -> PLACEHOLDERS.getOrDefault(word, word))
                .toList();
        assertThatCode(() -> CommandLines.parse(arguments))
                .describedAs("%s: %s", place, String.join(" ", command))
                .doesNotThrowAnyException();
        return 1;
    }

    private static boolean isCommand(String name) {
        return Set.of("demo", "bench").contains(name) || CommandLines.NAMES.contains(name);
    }

    /** Such as {@code status [--json] [--watch] --config F}. */
    @Test
    void everyOptionBesideACommandsNameIsOneOfIts() {
        Pattern option = Pattern.compile("(?<![\\w-])--[a-z-]+");
        Map<String, Set<String>> options = new HashMap<>();
        int seen = 0;
        for (Document document : DOCUMENTS) {
            for (String code : document.code()) {
                String command = code.replaceFirst(" .*$", "");
                if (command.equals("demo") || CommandLines.NAMES.contains(command)) {
                    List<String> named = option.matcher(code)
                            .results()
                            .map(MatchResult::group)
                            .toList();
                    assertThat(options.computeIfAbsent(command, CommandLines::options))
                            .describedAs("%s: %s", document, code)
                            .containsAll(named);
                    seen += named.size();
                }
            }
        }
        assertThat(seen).isGreaterThan(10);
    }

    @Test
    void everyCommandOfTheCommandLineIsTriedSomewhere() {
        Set<String> tried = new TreeSet<>();
        for (Block block : blocks("sh")) {
            for (List<String> command : block.commands()) {
                if (block.isTried() && command.get(0).equals("./freshet")) {
                    tried.add(command.get(1));
                }
            }
        }
        assertThat(tried).containsAll(CommandLines.NAMES);
    }

    @Test
    void everyMavenSettingExists() throws IOException {
        String pom = Files.readString(Document.ROOT.resolve("pom.xml"));
        StringBuilder sources = new StringBuilder(pom);
        try (Stream<Path> files = Files.walk(Document.ROOT)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
                sources.append(Files.readString(file));
            }
        }
        for (Document document : DOCUMENTS) {
            String text = document.prose()
                    + document.blocks().stream().map(Block::text).collect(Collectors.joining());
            Set<String> profiles = new LinkedHashSet<>();
            MAVEN_PROFILE.matcher(text).results().forEach(match -> profiles.add(match.group(1)));
            assertThat(profiles)
                    .describedAs(document.toString())
                    .allSatisfy(profile -> assertThat(pom).contains("<id>" + profile + "</id>"));
            MAVEN_PROPERTY
                    .matcher(text)
                    .results()
                    .forEach(match -> assertThat(sources.indexOf(match.group(1)))
                            .describedAs("%s: %s", document, match.group())
                            .isNotNegative());
        }
    }

    @Test
    void everyConfigurationReads() {
        int read = 0;
        for (Block block : blocks("yaml")) {
            Configuration configuration = Configuration.of(block.text());
            if (block.notes().notHere().isEmpty()) {
                assertThatCode(configuration::check)
                        .describedAs(
                                "%s; if it is no part of freshet.yml, say <!-- test: not here, REASON --> above", block)
                        .doesNotThrowAnyException();
                read++;
            }
        }
        assertThat(read).isPositive();
    }

    @Test
    void everyJsonParses() {
        JsonMapper strict = JsonMapper.builder()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .build();
        for (Block block : blocks("json")) {
            assertThatCode(() -> strict.readTree(block.text()))
                    .describedAs(block.place())
                    .doesNotThrowAnyException();
        }
    }

    /** The judges above find what there is to find. */
    @Test
    void whatIsWrongIsSeen() {
        Document wrong = Document.parse(
                Document.ROOT.resolve("wrong.md"),
                List.of(
                        "# A *heading*, and `code`",
                        "See [there](nowhere.md#x), not `[here](y)`.",
                        "",
                        "<!-- test: stops what runs; exits 3 -->",
                        "```sh",
                        "A=1 ./freshet status --colour \\",
                        "  --config 'my file.yml' | grep '#1' >out  # why",
                        "kubectl get pods",
                        "```"));
        Block block = wrong.blocks().get(0);

        assertThat(wrong.anchors()).containsExactly("a-heading-and-code");
        assertThat(wrong.links()).containsExactly("nowhere.md#x");
        assertThat(block.place()).isEqualTo("wrong.md:5");
        assertThat(block.notes().exits()).isEqualTo(3);
        assertThat(block.notes().stops()).isTrue();
        assertThat(block.commands())
                .containsExactly(
                        List.of("./freshet", "status", "--colour", "--config", "my file.yml"),
                        List.of("grep", "#1"),
                        List.of("kubectl", "get", "pods"));
        assertThatThrownBy(() -> CommandLines.parse(List.of("status", "--colour", "--config", "f")))
                .hasMessageContaining("--colour");
        assertThatThrownBy(() -> CommandLines.parse(List.of("status"))).hasMessageContaining("--config");
        assertThatThrownBy(() -> CommandLines.parse(List.of("demo", "--twice"))).hasMessageContaining("--twice");
        assertThatThrownBy(() ->
                        Configuration.of("redis: { uri: redis://localhost }").check())
                .hasMessageContaining("uri");
        assertThatThrownBy(() -> Notes.of("<!-- test: exit 3 -->")).hasMessageContaining("exits N");
    }
}
