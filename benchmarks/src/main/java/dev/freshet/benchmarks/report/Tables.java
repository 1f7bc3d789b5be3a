package dev.freshet.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A figure as a table: for a terminal, and for a document. */
public final class Tables {

    private static final String NOTHING = "–";

    private Tables() {}

    /** In columns, under its title. */
    public static List<String> text(Results results, Figure figure) {
        List<List<String>> cells = cells(results, figure);
        int[] widths = IntStream.range(0, cells.get(0).size())
                .map(column -> cells.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        List<String> lines = new ArrayList<>();
        lines.add(figure.title() + " (" + figure.unit() + ")");
        for (List<String> row : cells) {
            lines.add(IntStream.range(0, row.size())
                    .mapToObj(column -> padded(row.get(column), widths[column], column > 0))
                    .collect(Collectors.joining("  ", "  ", ""))
                    .stripTrailing());
        }
        return lines;
    }

    private static String padded(String text, int width, boolean right) {
        String space = " ".repeat(width - text.length());
        return right ? space + text : text + space;
    }

    /** As Markdown. */
    public static List<String> markdown(Results results, Figure figure) {
        List<List<String>> cells = cells(results, figure);
        List<String> lines = new ArrayList<>();
        for (List<String> row : cells) {
            lines.add(row.stream().collect(Collectors.joining(" | ", "| ", " |")));
            if (lines.size() == 1) {
                lines.add("|---" + "|--:".repeat(row.size() - 1) + "|");
            }
        }
        return lines;
    }

    private static List<List<String>> cells(Results results, Figure figure) {
        List<String> columns = results.columns(figure);
        List<List<String>> cells = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        head.addAll(columns);
        cells.add(head);
        for (String row : results.rows(figure)) {
            List<String> line = new ArrayList<>(List.of(row));
            columns.forEach(column ->
                    line.add(results.of(figure, row, column).map(Summary::text).orElse(NOTHING)));
            cells.add(line);
        }
        return cells;
    }
}
