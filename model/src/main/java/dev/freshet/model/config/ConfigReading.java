package dev.freshet.model.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one reading of a file gathers beside the values. Confined to one thread. */
final class ConfigReading {

    private final Variables variables;
    private final List<ConfigProblem> problems = new ArrayList<>();

    ConfigReading(Variables variables) {
        this.variables = variables;
    }

    Variables variables() {
        return variables;
    }

    List<ConfigProblem> problems() {
        return problems;
    }

    void problem(String path, int line, String message) {
        problems.add(new ConfigProblem(path, line, variables.asWritten(message)));
    }

    /** The line of every name in the document, by its path. */
    static Map<String, Integer> lines(Node document) {
        Map<String, Integer> lines = new LinkedHashMap<>();
        collect("", document, lines);
        return lines;
    }

    private static void collect(String path, Node node, Map<String, Integer> lines) {
        if (node instanceof Node.Mapping mapping) {
            mapping.entries().forEach((name, entry) -> {
                String entryPath = path.isEmpty() ? name : path + "." + name;
                lines.put(entryPath, entry.line());
                collect(entryPath, entry.value(), lines);
            });
        }
    }
}
