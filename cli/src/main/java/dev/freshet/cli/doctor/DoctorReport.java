package dev.freshet.cli.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.cli.check.Finding;
import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Mend;
import java.util.List;
import java.util.function.Predicate;

/** What the doctor found and measured. Immutable. */
public final class DoctorReport {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final List<Finding> findings;
    private final List<Measures.Measure> measures;

    DoctorReport(List<Finding> findings, List<Measures.Measure> measures) {
        this.findings = List.copyOf(findings);
        this.measures = List.copyOf(measures);
    }

    /** In an order in which their mends work. */
    public List<Finding> findings() {
        return findings;
    }

    /**
     * 2 where something is wrong that only the file can mend; else 1 where something is wrong or will be; else 3 where a
     * server could not be reached; 0 where there is nothing but advice.
     */
    public int exitCode() {
        if (any(finding -> finding.severity() == Severity.WRONG && inTheFile(finding))) {
            return 2;
        }
        if (any(finding -> finding.severity() == Severity.WRONG || finding.severity() == Severity.WARNING)) {
            return 1;
        }
        return any(finding -> finding.severity() == Severity.UNREACHABLE) ? 3 : 0;
    }

    private static boolean inTheFile(Finding finding) {
        return finding.mends().stream().allMatch(mend -> mend.kind() == Mend.Kind.SETTING);
    }

    private boolean any(Predicate<Finding> which) {
        return findings.stream().anyMatch(which);
    }

    private long count(String word) {
        return findings.stream()
                .filter(finding -> word(finding.severity()).equals(word))
                .count();
    }

    private static String word(Severity severity) {
        return switch (severity) {
            case WRONG, UNREACHABLE -> "error";
            case WARNING -> "warning";
            case NOTE -> "advice";
        };
    }

    /**
     * For people. A finding begins with its severity and place; each step of its mend stands on a line of its own, after
     * where it is run and two spaces.
     */
    public String toText(String file) {
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            String place = finding.place().path();
            int line = finding.place().line();
            row(
                    text,
                    word(finding.severity()),
                    file + (line > 0 ? ":" + line : "") + (place.isEmpty() ? "" : " " + place));
            row(text, "  what", finding.place().message());
            row(text, "  why", finding.why());
            finding.mends().forEach(mend -> row(text, "  " + mend.kind().word(), mend.text()));
            text.append(System.lineSeparator());
        }
        if (!measures.isEmpty()) {
            int width = measures.stream()
                    .mapToInt(measure -> measure.name().length())
                    .max()
                    .orElse(0);
            measures.forEach(measure -> text.append(measure.name())
                    .append(" ".repeat(width - measure.name().length() + 2))
                    .append(line(measure.value()))
                    .append(System.lineSeparator()));
            text.append(System.lineSeparator());
        }
        text.append(findings.isEmpty() ? "nothing found" : counts()).append(System.lineSeparator());
        return text.toString();
    }

    private String counts() {
        return plural("error") + ", " + plural("warning") + ", " + count("advice") + " advice";
    }

    private String plural(String word) {
        long count = count(word);
        return count + " " + word + (count == 1 ? "" : "s");
    }

    private static void row(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(String.format("%-13s  %s%n", name, line(value)));
        }
    }

    /** On one line, without anything that a terminal would obey: names are others'. */
    private static String line(String value) {
        StringBuilder line = new StringBuilder(value.length());
        value.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (type == Character.CONTROL || type == Character.FORMAT || type == Character.LINE_SEPARATOR) {
                line.append(c == '\n' || c == '\t' ? " " : String.format("\\x%02x", c));
            } else {
                line.appendCodePoint(c);
            }
        });
        return line.toString();
    }

    /** For scripts. */
    public String toJson(String file) {
        ObjectNode report = JSON.createObjectNode();
        report.put("file", file).put("exitCode", exitCode());
        ArrayNode all = report.putArray("findings");
        for (Finding finding : findings) {
            ObjectNode one = all.addObject()
                    .put("severity", word(finding.severity()))
                    .put("reachable", finding.severity() != Severity.UNREACHABLE)
                    .put("path", finding.place().path())
                    .put("line", finding.place().line())
                    .put("what", finding.place().message())
                    .put("why", finding.why());
            ArrayNode mends = one.putArray("mends");
            finding.mends()
                    .forEach(mend ->
                            mends.addObject().put("where", mend.kind().word()).put("run", mend.text()));
        }
        ObjectNode measured = report.putObject("measured");
        measures.forEach(measure -> measured.put(measure.name(), measure.value()));
        try {
            return JSON.writeValueAsString(report) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts can be written", e);
        }
    }
}
