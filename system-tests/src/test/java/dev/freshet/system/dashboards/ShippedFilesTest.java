package dev.freshet.system.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.system.dashboards.Dashboard.Panel;
import dev.freshet.system.dashboards.DocumentedMetrics.Metric;
import dev.freshet.system.dashboards.Expression.Selector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dashboard, the alerts, their runbook and the documented metrics say the same. */
class ShippedFilesTest {

    /** What Prometheus adds by itself. */
    private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS");

    private static final Set<String> LABELS_OF_PROMETHEUS =
            Set.of("job", "instance", "alertname", "alertstate", "le", "pipeline");

    private static final List<String> PARTS =
            List.of("**Means.**", "**Users feel**", "**First look.**", "**Causes**", "**Mend.**", "**Escalate**");

    private final DocumentedMetrics documented = DocumentedMetrics.read();
    private final Dashboard dashboard = Dashboard.shipped();
    private final List<Alert> alerts = Alert.shipped();
    private final Map<String, String> runbook = runbook();

    /** The sections that are named like an alert. */
    private static Map<String, String> runbook() {
        Map<String, String> sections = new LinkedHashMap<>();
        for (String section :
                Shipped.text(Shipped.ROOT.resolve("docs/runbook.md")).split("(?m)^## ", -1)) {
            String title = section.lines().findFirst().orElse("");
            if (title.matches("\\w+")) {
                sections.put(title, section);
            }
        }
        return sections;
    }

    private List<String> expressions() {
        List<String> all = new ArrayList<>(dashboard.expressions());
        alerts.forEach(alert -> all.add(alert.expression()));
        return all;
    }

    @Test
    void thereIsSomethingToJudge() {
        assertThat(documented.size()).isGreaterThan(30);
        assertThat(alerts).hasSizeGreaterThan(8);
        assertThat(dashboard.drawn()).hasSizeGreaterThan(30);
        assertThat(dashboard.expressions()).doesNotContain("");
        assertThat(expressions())
                .allSatisfy(text -> assertThat(Expression.of(text).selectors()).isNotEmpty());
    }

    @Test
    void everyMetricAndLabelIsDocumented() {
        for (String text : expressions()) {
            Expression expression = Expression.of(text);
            Set<String> known = new LinkedHashSet<>(LABELS_OF_PROMETHEUS);
            for (Selector selector : expression.selectors()) {
                String name = selector.metric();
                if (OF_PROMETHEUS.contains(name)) {
                    assertThat(LABELS_OF_PROMETHEUS)
                            .containsAll(selector.labels().keySet());
                } else if (documented.ofTheProcess(name)) {
                    known.add("level");
                } else {
                    Optional<Metric> metric = documented.metric(name);
                    assertThat(metric).describedAs("%s in: %s", name, text).isPresent();
                    judgeLabels(selector, metric.orElseThrow(), text);
                    known.addAll(metric.orElseThrow().labels());
                }
            }
            assertThat(known).describedAs(text).containsAll(expression.groupings());
        }
    }

    private static void judgeLabels(Selector selector, Metric metric, String text) {
        selector.labels().forEach((label, values) -> {
            if (!label.equals("pipeline")) {
                assertThat(metric.labels()).describedAs(text).contains(label);
                assertThat(metric.words()).describedAs("%s in: %s", label, text).containsAll(values);
            }
        });
    }

    @Test
    void theDashboardShowsNothingButTheChosenPipelines() {
        for (String text : dashboard.expressions()) {
            for (Selector selector : Expression.of(text).selectors()) {
                boolean filter = text.contains("on (job, instance) " + selector.metric());
                if (!OF_PROMETHEUS.contains(selector.metric()) && !filter) {
                    assertThat(selector.labels()).describedAs(text).containsEntry("pipeline", List.of("$pipeline"));
                }
            }
        }
        assertThat(dashboard.variableQueries()).containsExactly("label_values(freshet_build_info, pipeline)");
    }

    @Test
    void everyPanelSaysWhatItShowsAndAsksTheChosenSource() {
        for (Panel panel : dashboard.drawn()) {
            assertThat(panel.title()).isNotBlank();
            assertThat(panel.description()).describedAs(panel.title()).isNotBlank();
            assertThat(panel.unit()).describedAs(panel.title()).isNotBlank();
            assertThat(panel.expressions()).describedAs(panel.title()).isNotEmpty();
            assertThat(panel.sources()).describedAs(panel.title()).containsOnly("${datasource}");
        }
        assertThat(dashboard.panels()).extracting(Panel::id).doesNotHaveDuplicates();
        assertThat(dashboard.drawn()).extracting(Panel::title).doesNotHaveDuplicates();
    }

    @Test
    void panelsStandBesideEachOther() {
        for (Panel one : dashboard.panels()) {
            assertThat(one.place().x() + one.place().width())
                    .describedAs(one.title())
                    .isLessThanOrEqualTo(24);
            for (Panel other : dashboard.panels()) {
                assertThat(one.id() != other.id() && one.place().overlaps(other.place()))
                        .describedAs("%s on %s", one.title(), other.title())
                        .isFalse();
            }
        }
    }

    @Test
    void everyAlertIsTold() {
        assertThat(alerts).extracting(Alert::name).doesNotHaveDuplicates();
        for (Alert alert : alerts) {
            assertThat(alert.severity()).describedAs(alert.name()).isIn("critical", "warning");
            assertThat(alert.patience()).describedAs(alert.name()).matches("\\d+[smh]");
            assertThat(alert.summary()).describedAs(alert.name()).isNotBlank();
            assertThat(alert.description()).describedAs(alert.name()).isNotBlank();
            assertThat(alert.runbook())
                    .isEqualTo("docs/runbook.md#" + alert.name().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void everyAlertHasItsRunbookEntryAndEveryEntryItsAlert() {
        assertThat(runbook.keySet())
                .containsExactlyElementsOf(alerts.stream().map(Alert::name).toList());
        runbook.forEach((name, section) -> {
            List<Integer> places = PARTS.stream().map(section::indexOf).toList();
            assertThat(places)
                    .describedAs("%s: %s", name, PARTS)
                    .doesNotContain(-1)
                    .isSorted();
            assertThat(section).describedAs(name).containsAnyOf("```sh", "```sql");
        });
    }

    @Test
    void everyAlertThatIsNamedIsOne() {
        Set<String> names = alerts.stream().map(Alert::name).collect(Collectors.toSet());
        String tests = Shipped.text(Shipped.PROMETHEUS.resolve("alerts_test.yml"));
        assertThat(named(tests))
                .describedAs("alerts that alerts_test.yml tries")
                .isEqualTo(names);
        dashboard
                .drawn()
                .forEach(panel -> assertThat(named(panel.description()))
                        .describedAs(panel.title())
                        .isSubsetOf(names));
    }

    private static Set<String> named(String text) {
        return Pattern.compile("\\bFreshet[A-Z]\\w+")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    @Test
    void theScrapedJobIsTheOneThatTheAlertsKnow() {
        JsonNode prometheus = Shipped.yaml(Shipped.PROMETHEUS.resolve("prometheus.yml"));
        assertThat(prometheus.path("rule_files").path(0).asText()).isEqualTo("alerts.yml");
        assertThat(prometheus.path("scrape_configs").path(0).path("job_name").asText())
                .isEqualTo("freshet");
        assertThat(expressions().stream()
                        .flatMap(text -> Expression.of(text).selectors().stream())
                        .flatMap(selector -> selector.labels().getOrDefault("job", List.of()).stream()))
                .isNotEmpty()
                .containsOnly("freshet");
    }

    @Test
    void theProvisioningParses() {
        Stream.of("dashboards/freshet.yaml", "datasources/prometheus.yaml")
                .forEach(file -> assertThat(Shipped.yaml(
                                        Shipped.GRAFANA.resolve("provisioning").resolve(file))
                                .path("apiVersion")
                                .intValue())
                        .describedAs(file)
                        .isEqualTo(1));
        assertThat(Shipped.yaml(Shipped.PROMETHEUS.resolve("alerts_test.yml")).path("tests"))
                .isNotEmpty();
    }
}
