package dev.freshet.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class ReportTest {

    private static final Figure SPEED = new Figure("speed", "Speed & <size>", "ms", false);
    private static final Figure LATENCY = new Figure("latency", "Latency", "ms", true);

    private final Results results = new Results(List.of(SPEED, LATENCY));

    @Test
    void aSummaryIsMedianAndSpread() {
        assertThat(Summary.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Summary(2, 1, 3, 3));
        assertThat(Summary.of(List.of(4.0, 1.0))).isEqualTo(new Summary(2.5, 1, 4, 2));
        assertThat(Summary.of(List.of(3.0, 1.0, 2.0)).text()).isEqualTo("2.00 (1.00–3.00)");
        assertThat(Summary.of(List.of(1234567.0)).text()).isEqualTo("1,234,567");
        assertThatThrownBy(() -> Summary.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbersHaveThreeDigitsThatCount() {
        assertThat(List.of(0.123, 9.876, 12.345, 123.45, 45678.0).stream().map(Summary::number))
                .containsExactly("0.12", "9.88", "12.3", "123", "45,678");
    }

    @Test
    void aTableHasARowForEachRivalAndADashWhereNothingWasMeasured() {
        results.add(SPEED, "tortoise", "p50", 10);
        results.add(SPEED, "hare", "p50", 1);
        results.add(SPEED, "hare", "p99", 200);

        assertThat(Tables.text(results, SPEED))
                .containsExactly(
                        "Speed & <size> (ms)",
                        "             p50  p99",
                        "  tortoise  10.0    –",
                        "  hare      1.00  200");
        assertThat(Tables.markdown(results, SPEED))
                .containsExactly(
                        "|  | p50 | p99 |", "|---|--:|--:|", "| tortoise | 10.0 | – |", "| hare | 1.00 | 200 |");
    }

    @Test
    void aFigureHoldsItsOwnMeasurementsOnly() {
        results.add(SPEED, "hare", "p50", 1);
        results.add(LATENCY, "tortoise", "p99", 2);

        assertThat(results.figures()).containsExactly(SPEED, LATENCY);
        assertThat(results.rows(SPEED)).containsExactly("hare");
        assertThat(results.columns(LATENCY)).containsExactly("p99");
        assertThat(results.of(SPEED, "tortoise", "p99")).isEmpty();
    }

    @Test
    void figuresStandInTheirOrderAndThoseWithoutMeasurementsNowhere() {
        results.add(LATENCY, "hare", "p50", 1);
        assertThat(results.figures()).containsExactly(LATENCY);

        results.add(SPEED, "hare", "p50", 1);
        assertThat(results.figures()).containsExactly(SPEED, LATENCY);
        assertThatThrownBy(() -> results.add(new Figure("other", "Other", "ms", false), "hare", "p50", 1))
                .hasMessageContaining("other");
    }

    @Test
    void barsAreAsLongAsTheirMedians() throws Exception {
        results.add(SPEED, "tortoise", "p50", 10);
        results.add(SPEED, "hare", "p50", 5);

        Element svg = parse(BarChart.svg(results, SPEED, "hare"));

        NodeList bars = svg.getElementsByTagName("rect");
        assertThat(bars.getLength()).isEqualTo(2);
        assertThat(width(bars, 0)).isEqualTo(2 * width(bars, 1));
        assertThat(svg.getTextContent()).contains("Speed & <size>", "tortoise", "10.0", "5.00");
        assertThat(((Element) bars.item(1)).getAttribute("class"))
                .isNotEqualTo(((Element) bars.item(0)).getAttribute("class"));
    }

    @Test
    void logarithmicBarsGrowByDecades() throws Exception {
        results.add(LATENCY, "a", "p50", 1);
        results.add(LATENCY, "b", "p50", 10);
        results.add(LATENCY, "c", "p50", 100);
        results.add(LATENCY, "d", "p50", 1000);

        NodeList bars = parse(BarChart.svg(results, LATENCY, "a")).getElementsByTagName("rect");

        assertThat(width(bars, 3) - width(bars, 2)).isCloseTo(width(bars, 2) - width(bars, 1), within());
        assertThat(width(bars, 2)).isCloseTo(2 * width(bars, 1), within());
    }

    @Test
    void aSpreadIsALineAndOneRepeatHasNone() throws Exception {
        results.add(SPEED, "hare", "p50", 4);
        assertThat(parse(BarChart.svg(results, SPEED, "hare"))
                        .getElementsByTagName("line")
                        .getLength())
                .isZero();

        results.add(SPEED, "hare", "p50", 8);
        results.add(SPEED, "hare", "p50", 6);

        Element line = (Element) parse(BarChart.svg(results, SPEED, "hare"))
                .getElementsByTagName("line")
                .item(0);
        assertThat(Double.parseDouble(line.getAttribute("x2")) - Double.parseDouble(line.getAttribute("x1")))
                .isPositive();
    }

    @Test
    void nothingButZeroesIsAChartAllTheSame() throws Exception {
        results.add(SPEED, "hare", "p50", 0);
        results.add(LATENCY, "hare", "p50", 0);

        assertThat(width(parse(BarChart.svg(results, SPEED, "hare")).getElementsByTagName("rect"), 0))
                .isLessThan(2);
        assertThat(width(parse(BarChart.svg(results, LATENCY, "hare")).getElementsByTagName("rect"), 0))
                .isLessThan(2);
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(0.2);
    }

    private static double width(NodeList bars, int index) {
        return Double.parseDouble(((Element) bars.item(index)).getAttribute("width"));
    }

    private static Element parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getDocumentElement();
    }
}
