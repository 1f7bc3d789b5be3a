package dev.freshet.system.dashboards;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A compose file, read strictly: what it says about each service. Immutable. */
record ComposeFile(Path file, String text, Map<String, Object> root) {

    /** {@code ${NAME}}, {@code ${NAME:-default}} or {@code ${NAME:?what to do}}; not what is written <code>$${NAME}</code>. */
    private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$\\{(\\w+)(:[-?][^}]*)?}");

    static ComposeFile read(Path file) {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        String text = Shipped.text(file);
        return new ComposeFile(file, text, map(new Yaml(new SafeConstructor(strict)).load(text)));
    }

    /** In the file's order. */
    Map<String, Map<String, Object>> services() {
        Map<String, Map<String, Object>> services = new LinkedHashMap<>();
        map(root.get("services")).forEach((name, service) -> services.put(name, map(service)));
        return services;
    }

    /** One that must be there. */
    Map<String, Object> service(String name) {
        return map(services().get(name));
    }

    /** Those that run an image of this repository. */
    Map<String, Map<String, Object>> own() {
        Map<String, Map<String, Object>> own = services();
        own.values().removeIf(service -> !service.containsKey("build"));
        return own;
    }

    Set<String> volumes() {
        return root.containsKey("volumes") ? map(root.get("volumes")).keySet() : Set.of();
    }

    /** Each variable of the environment, and whether the file says what holds without it. */
    Map<String, Boolean> variables() {
        return VARIABLE.matcher(withoutComments())
                .results()
                .collect(Collectors.toMap(
                        found -> found.group(1),
                        found -> found.group(2) != null,
                        (one, other) -> one && other,
                        LinkedHashMap::new));
    }

    /** The text with each variable's default in its place; those that have none are empty. */
    static String withDefaults(String text) {
        return VARIABLE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(Optional.ofNullable(found.group(2))
                        .filter(rest -> rest.startsWith(":-"))
                        .map(rest -> rest.substring(2))
                        .orElse("")));
    }

    /** What a service's container has in its environment. */
    static Map<String, String> environment(Map<String, Object> service) {
        Map<String, String> environment = new LinkedHashMap<>();
        if (service.containsKey("environment")) {
            map(service.get("environment"))
                    .forEach((name, value) -> environment.put(name, withDefaults(String.valueOf(value))));
        }
        return environment;
    }

    /** What is not there is an error. */
    static Map<String, Object> map(@Nullable Object value) {
        Map<String, Object> typed = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(value)).forEach((name, held) -> typed.put(String.valueOf(name), held));
        return typed;
    }

    static List<String> list(Map<String, Object> service, String name) {
        Object value = service.get(name);
        return value == null
                ? List.of()
                : ((List<?>) value).stream().map(String::valueOf).toList();
    }

    /** The targets that a Dockerfile has. */
    static Set<String> targets(String dockerfile) {
        return Pattern.compile("(?m)^FROM .* AS (\\w+)$")
                .matcher(dockerfile)
                .results()
                .map(MatchResult::group)
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String withoutComments() {
        return text.replaceAll("(?m)^\\s*#.*$", "");
    }
}
