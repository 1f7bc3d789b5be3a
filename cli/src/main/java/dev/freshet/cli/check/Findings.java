package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.config.ConfigFile;
import java.util.ArrayList;
import java.util.List;

/** Gathers findings, each at its place in the file. Confined to one thread. */
public final class Findings {

    private final ConfigFile file;
    private final String why;
    private final List<Finding> found;

    public Findings(ConfigFile file) {
        this(file, "", new ArrayList<>());
    }

    private Findings(ConfigFile file, String why, List<Finding> found) {
        this.file = file;
        this.why = why;
        this.found = found;
    }

    /** The same gathering; what is told through it matters for this reason. */
    public Findings because(String reason) {
        return new Findings(file, reason, found);
    }

    void wrong(String path, String message, List<String> sql) {
        add(Severity.WRONG, path, message, statements(sql));
    }

    void wrong(String path, String message, String... sql) {
        wrong(path, message, List.of(sql));
    }

    void unreachable(String path, String message) {
        add(Severity.UNREACHABLE, path, message, List.of());
    }

    void note(String path, String message, String... sql) {
        add(Severity.NOTE, path, message, statements(List.of(sql)));
    }

    public void add(Finding finding) {
        found.add(finding);
    }

    public void add(Severity severity, String path, String message, List<Mend> mends) {
        found.add(new Finding(severity, file.problem(path, message), why, mends));
    }

    public void add(Severity severity, String path, String message, Mend... mends) {
        add(severity, path, message, List.of(mends));
    }

    private static List<Mend> statements(List<String> sql) {
        return sql.stream().map(Mend::sql).toList();
    }

    public List<Finding> all() {
        return found;
    }
}
