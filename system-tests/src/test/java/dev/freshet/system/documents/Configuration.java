package dev.freshet.system.documents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.config.ConfigFile;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A {@code freshet.yml}, or a part of one, as a document shows it. Immutable. */
record Configuration(Map<String, Object> sections) {

    /** Holds what a part leaves out. */
    private static final String WHOLE = """
            pipeline: shop
            postgres: { url: "jdbc:postgresql://localhost:5432/shop", user: freshet }
            kafka: { bootstrap-servers: "localhost:9092" }
            redis: { url: "redis://localhost:6379" }
            caches: { book: { table: public.books, key: "book:{id}" } }
            """;

    private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$\\{(\\w+)[:}]");

    static Configuration of(String yaml) {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        Object read = new Yaml(new SafeConstructor(strict)).load(yaml);
        // One of comments alone says nothing.
        return new Configuration(read == null ? Map.of() : map(read));
    }

    private static Map<String, Object> map(Object node) {
        return ((Map<?, ?>) node)
                .entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> String.valueOf(entry.getKey()),
                                Map.Entry::getValue,
                                (one, other) -> other,
                                LinkedHashMap::new));
    }

    /** @throws dev.freshet.model.config.ConfigException where the real reader refuses it, filled up to a whole file */
    void check() {
        boolean whole = sections.containsKey("pipeline");
        String text = whole ? json() : of(WHOLE).with(this).json();
        Map<String, String> environment = new HashMap<>(Map.of("HOME", "/home/reader"));
        VARIABLE.matcher(text)
                .results()
                .forEach(variable -> environment.put(variable.group(1), "any-value-that-is-long-enough"));
        ConfigFile.parse(text, environment);
    }

    /** This one with what the other says, section by section. */
    Configuration with(Configuration other) {
        Map<String, Object> merged = new LinkedHashMap<>(sections);
        other.sections.forEach((name, section) -> {
            Object own = merged.getOrDefault(name, section);
            boolean both = own instanceof Map && section instanceof Map;
            merged.put(
                    name,
                    both
                            ? new Configuration(map(own))
                                    .with(new Configuration(map(section)))
                                    .sections()
                            : section);
        });
        return new Configuration(merged);
    }

    /** As JSON, which YAML contains. */
    String json() {
        try {
            return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(sections);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
