package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.config.ConfigFile;
import java.util.ArrayList;
import java.util.List;

/** Gathers findings, each at its place in the file. Confined to one thread. */
final class Findings {

    private final ConfigFile file;
    private final List<Finding> found = new ArrayList<>();

    Findings(ConfigFile file) {
        this.file = file;
    }

    void wrong(String path, String message, List<String> sql) {
        add(Severity.WRONG, path, message, sql);
    }

    void wrong(String path, String message, String... sql) {
        wrong(path, message, List.of(sql));
    }

    void unreachable(String path, String message) {
        add(Severity.UNREACHABLE, path, message, List.of());
    }

    void note(String path, String message, String... sql) {
        add(Severity.NOTE, path, message, List.of(sql));
    }

    private void add(Severity severity, String path, String message, List<String> sql) {
        found.add(new Finding(severity, file.problem(path, message), sql));
    }

    List<Finding> all() {
        return found;
    }
}
