package dev.freshet.model.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads YAML into {@link Node}s that know their lines. What is wrong with it as YAML goes to the list of problems. */
final class YamlReader {

    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .build();

    private final YAMLParser parser;
    private final List<ConfigProblem> problems;

    private YamlReader(YAMLParser parser, List<ConfigProblem> problems) {
        this.parser = parser;
        this.problems = problems;
    }

    /** The one document of the text; what could not be read is missing from it and named among the problems. */
    static Node read(String text, List<ConfigProblem> problems) {
        try (YAMLParser parser = YAML.createParser(text)) {
            YamlReader reader = new YamlReader(parser, problems);
            if (parser.nextToken() == null) {
                return new Node.Nothing(1);
            }
            Node document = reader.node("");
            if (parser.nextToken() != null) {
                reader.problem("", "a second document begins here; a configuration is one document");
            }
            return document;
        } catch (JsonProcessingException e) {
            problems.add(unreadable(e));
            return new Node.Nothing(0);
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory can always be read", e);
        }
    }

    /** Without the parser's own message: that quotes the lines around the place, passwords included. */
    private static ConfigProblem unreadable(JsonProcessingException e) {
        int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        String what = e.getCause() instanceof MarkedYAMLException yaml && yaml.getProblem() != null
                ? yaml.getProblem()
                : "this cannot be read";
        return new ConfigProblem("", line, "not YAML: " + what + "; look at the indentation and quotes of this line");
    }

    private Node node(String path) throws IOException {
        int line = line();
        if (parser.isCurrentAlias()) {
            problem(path, "YAML aliases are not supported here; write the value out");
            return new Node.Nothing(line);
        }
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(path, line);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Node> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(path + "[" + items.size() + "]"));
            }
            return new Node.Sequence(line, items);
        }
        return token == JsonToken.VALUE_NULL ? new Node.Nothing(line) : new Node.Scalar(line, parser.getText());
    }

    private Node mapping(String path, int line) throws IOException {
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            int nameLine = line();
            String entryPath = path.isEmpty() ? name : path + "." + name;
            Node.Entry first = entries.get(name);
            if (first != null) {
                problem(entryPath, "is given twice, first in line " + first.line() + "; keep one of them");
            }
            parser.nextToken();
            Node value = node(entryPath);
            if (first == null) {
                entries.put(name, new Node.Entry(nameLine, value));
            }
        }
        return new Node.Mapping(line, entries);
    }

    private int line() {
        return ((JsonParser) parser).currentTokenLocation().getLineNr();
    }

    private void problem(String path, String message) {
        problems.add(new ConfigProblem(path, line(), message));
    }
}
