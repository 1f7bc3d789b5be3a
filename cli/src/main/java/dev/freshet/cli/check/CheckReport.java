package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import java.util.List;

/** Everything that the checks found. Immutable. */
public record CheckReport(List<Finding> findings) {

    public CheckReport {
        findings = List.copyOf(findings);
    }

    /** Whether nothing stands against a start. */
    public boolean passed() {
        return exitCode() == 0;
    }

    /** 0 where nothing stands against a start; 2 where something must be mended, even if a server is away too; else 3. */
    public int exitCode() {
        if (has(Severity.WRONG)) {
            return 2;
        }
        return has(Severity.UNREACHABLE) ? 3 : 0;
    }

    private boolean has(Severity severity) {
        return findings.stream().anyMatch(finding -> finding.severity() == severity);
    }

    /** One finding a line, beginning with the file's name, statements indented below it. */
    public String toText(String file) {
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            text.append(file).append(": ");
            text.append(finding.severity().compareTo(Severity.WARNING) <= 0 ? "note: " : "");
            text.append(finding.place()).append(System.lineSeparator());
            for (Mend mend : finding.mends()) {
                if (mend.isCommand()) {
                    text.append("    ").append(mend.text()).append(System.lineSeparator());
                }
            }
        }
        return text.toString();
    }
}
