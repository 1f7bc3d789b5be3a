package dev.freshet.system.dashboards;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a PromQL expression asks for: a reading for checks, not a parser; that it is PromQL is judged by Prometheus.
 *
 * @param groupings the labels after {@code by}, {@code on} and their like
 */
record Expression(List<Selector> selectors, Set<String> groupings) {

    /** @param labels what each has to be equal to or match; empty where it must differ */
    record Selector(String metric, Map<String, List<String>> labels) {}

    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w:.$\"])([a-zA-Z_:][\\w:]*)(?!\\s*\\()(?![\\w:])\\s*(?:\\{([^}]*)\\})?");
    private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset", "Inf", "NaN");

    static Expression of(String promql) {
        Set<String> groupings = new LinkedHashSet<>();
        Matcher grouping = GROUPING.matcher(promql);
        while (grouping.find()) {
            for (String label : grouping.group(1).split(",", -1)) {
                groupings.add(label.strip());
            }
        }
        String rest = GROUPING.matcher(promql).replaceAll(" ").replaceAll("\\[[^]]*]", " ");
        List<Selector> selectors = new ArrayList<>();
        Matcher selector = SELECTOR.matcher(rest);
        while (selector.find()) {
            if (!WORDS.contains(selector.group(1))) {
                selectors.add(new Selector(selector.group(1), labels(selector.group(2))));
            }
        }
        return new Expression(selectors, groupings);
    }

    private static Map<String, List<String>> labels(@Nullable String text) {
        Map<String, List<String>> labels = new LinkedHashMap<>();
        if (text != null) {
            Matcher label = LABEL.matcher(text);
            while (label.find()) {
                String value = label.group(3);
                labels.put(
                        label.group(1), label.group(2).equals("=~") ? List.of(value.split("\\|", -1)) : List.of(value));
            }
        }
        return labels;
    }
}
