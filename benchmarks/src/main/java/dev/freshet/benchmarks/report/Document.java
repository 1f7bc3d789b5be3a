package dev.freshet.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Markdown file of which one part, between two marks, is what was measured; what stands around it is written by hand and
 * is left alone. Its charts stand in a directory beside it that has its name.
 */
public final class Document {

    private static final String BEGIN = "<!-- measured: begin -->";
    private static final String END = "<!-- measured: end -->";

    private final Path file;

    /** @param file has to exist, with both marks, when something is written */
    public Document(Path file) {
        this.file = file;
    }

    /** Why nothing can be written; empty where it can. */
    public List<String> problems() {
        try {
            String text = Files.readString(file);
            int begin = text.indexOf(BEGIN);
            return begin >= 0 && text.indexOf(END, begin) > begin
                    ? List.of()
                    : List.of(file + " must hold the lines " + BEGIN + " and " + END);
        } catch (IOException e) {
            return List.of(file + " cannot be read");
        }
    }

    /**
     * Puts these results in place of those before, with a chart for each figure.
     *
     * @param head lines that say how they were measured
     * @param summary lines that stand before the figures
     * @param own the row that the charts draw in the colour of its own
     */
    public void write(List<String> head, List<String> summary, Results results, String own) throws IOException {
        String name = file.getFileName().toString().replaceFirst("\\.md$", "");
        Path charts = Files.createDirectories(file.resolveSibling(name));
        List<String> lines = new ArrayList<>();
        head.forEach(line -> lines.add("- " + line));
        if (!summary.isEmpty()) {
            lines.add("");
            lines.addAll(summary);
        }
        for (Figure figure : results.figures()) {
            Files.writeString(charts.resolve(figure.name() + ".svg"), BarChart.svg(results, figure, own));
            lines.add("");
            lines.add("### " + figure.title());
            lines.add("");
            lines.addAll(Tables.markdown(results, figure));
            lines.add("");
            lines.add(
                    "![" + figure.title() + ", as a chart of the table above](" + name + "/" + figure.name() + ".svg)");
        }
        Files.writeString(file, replaced(Files.readString(file), lines));
    }

    static String replaced(String text, List<String> lines) {
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END, begin);
        return text.substring(0, begin) + "\n" + String.join("\n", lines) + "\n" + text.substring(end);
    }
}
