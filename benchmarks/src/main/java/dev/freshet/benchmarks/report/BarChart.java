package dev.freshet.benchmarks.report;

import java.util.List;
import java.util.Locale;

/**
 * A figure as horizontal bars, a group for each row and a bar for each column, in an SVG without a background that reads on
 * light and on dark paper. The thin line over a bar spans from the least to the greatest repeat.
 */
public final class BarChart {

    private static final int WIDTH = 760;
    private static final int LEFT = 230;
    private static final int RIGHT = 90;
    private static final int BAR = 13;
    private static final int GAP = 12;
    private static final int TOP = 54;
    private static final double FAINTEST = 0.4;

    private final Results results;
    private final Figure figure;
    private final List<String> columns;
    private final double least;
    private final double greatest;

    private BarChart(Results results, Figure figure) {
        this.results = results;
        this.figure = figure;
        this.columns = results.columns(figure);
        double[] all = results.rows(figure).stream()
                .flatMap(row -> columns.stream().flatMap(column -> results.of(figure, row, column).stream()))
                .flatMap(summary -> List.of(summary.median(), summary.greatest()).stream())
                .mapToDouble(Double::doubleValue)
                .filter(value -> value > 0)
                .sorted()
                .toArray();
        this.least = all.length == 0 ? 1 : Math.pow(10, Math.floor(Math.log10(all[0])));
        this.greatest = all.length == 0 ? 1 : all[all.length - 1];
    }

    /** @param own the row that is drawn in the colour of its own */
    public static String svg(Results results, Figure figure, String own) {
        return new BarChart(results, figure).draw(own);
    }

    private String draw(String own) {
        StringBuilder bars = new StringBuilder();
        int y = TOP;
        for (String row : results.rows(figure)) {
            int middle = y + (columns.size() * BAR + BAR - 4) / 2;
            text(bars, LEFT - 10, middle, "end", "t", row);
            for (int i = 0; i < columns.size(); i++) {
                int at = y;
                double strength = 1 - (1 - FAINTEST) * i / Math.max(1, columns.size() - 1);
                String colour = row.equals(own) ? "o" : "b";
                results.of(figure, row, columns.get(i)).ifPresent(summary -> bar(bars, at, summary, colour, strength));
                y += BAR;
            }
            y += GAP;
        }
        return head(y) + legend() + bars + "</svg>\n";
    }

    private String head(int height) {
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" \
                aria-label="%s" font-family="system-ui, sans-serif" font-size="12">
                <style>
                .t { fill: #424a53 } .o { fill: #1f6feb } .b { fill: #818b98 } .l { stroke: #424a53 }
                @media (prefers-color-scheme: dark) { \
                .t { fill: #d1d7e0 } .o { fill: #58a6ff } .b { fill: #7d8590 } .l { stroke: #d1d7e0 } }
                </style>
                <text class="t" x="10" y="20" font-size="14" font-weight="600">%s</text>
                """.formatted(WIDTH, height, WIDTH, height, escape(figure.title()), escape(figure.title()));
    }

    private String legend() {
        StringBuilder legend = new StringBuilder();
        String scale = figure.unit() + (figure.logarithmic() ? ", logarithmic" : "");
        String names = columns.size() > 1 ? ": " + String.join(" · ", columns) + ", from top to bottom" : "";
        text(legend, 10, 38, "start", "t", scale + names);
        return legend.toString();
    }

    private void bar(StringBuilder svg, int y, Summary summary, String colour, double strength) {
        double length = length(summary.median());
        svg.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill-opacity=\"%.2f\"/>\n",
                colour,
                LEFT,
                y,
                Math.max(1, length),
                BAR - 2,
                strength));
        double end = length;
        if (summary.repeats() > 1) {
            end = Math.max(end, length(summary.greatest()));
            double middle = y + (BAR - 2) / 2.0;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"l\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke-opacity=\"0.6\"/>\n",
                    LEFT + length(summary.least()),
                    middle,
                    LEFT + length(summary.greatest()),
                    middle));
        }
        text(svg, (int) (LEFT + end + 6), y + BAR - 3, "start", "t", Summary.number(summary.median()));
    }

    private double length(double value) {
        double full = WIDTH - LEFT - RIGHT;
        if (!figure.logarithmic()) {
            return full * Math.max(0, value) / greatest;
        }
        double decades = Math.max(1, Math.log10(greatest / least));
        return value <= least ? 0 : full * Math.log10(value / least) / decades;
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String colour, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
                colour,
                x,
                y,
                anchor,
                escape(text)));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
