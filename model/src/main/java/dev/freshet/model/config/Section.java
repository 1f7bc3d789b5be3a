package dev.freshet.model.config;

import dev.freshet.model.Spelling;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One group of names in the file, read value by value. What is asked for is what is known here: {@link #done()} complains
 * about every other name. A value that is missing or wrong is empty, and the problem noted. Confined to one thread.
 */
final class Section {

    private final ConfigReading reading;
    private final String path;
    private final int line;
    private final Map<String, Node.Entry> entries;
    private final Set<String> known = new LinkedHashSet<>();

    private Section(ConfigReading reading, String path, int line, Map<String, Node.Entry> entries) {
        this.reading = reading;
        this.path = path;
        this.line = line;
        this.entries = entries;
    }

    static Section of(ConfigReading reading, String path, int line, Node node) {
        if (node instanceof Node.Mapping mapping) {
            return new Section(reading, path, line, mapping.entries());
        }
        if (!(node instanceof Node.Nothing)) {
            reading.problem(path, node.line(), "must be a group of names, not " + node.kind());
        }
        return new Section(reading, path, line, Map.of());
    }

    /** Whether the file gives a value for the name, right or wrong. */
    boolean has(String name) {
        known.add(name);
        Node.Entry entry = entries.get(name);
        return entry != null && !(entry.value() instanceof Node.Nothing);
    }

    Set<String> names() {
        return entries.keySet();
    }

    Section section(String name) {
        known.add(name);
        Node.Entry entry = entries.get(name);
        int place = entry == null ? line : entry.line();
        return of(reading, path(name), place, entry == null ? new Node.Nothing(line) : entry.value());
    }

    Optional<String> text(String name) {
        return value(name, Function.identity());
    }

    Optional<String> requiredText(String name, String example) {
        Optional<String> text = required(name, example, Function.identity());
        if (text.isPresent() && text.get().isBlank()) {
            problem(name, "is empty; write for example " + example);
            return Optional.empty();
        }
        return text;
    }

    <T> Optional<T> required(String name, String example, Function<String, T> parse) {
        if (!has(name)) {
            problem(name, "is missing; write for example '" + name + ": " + example + "'");
            return Optional.empty();
        }
        return value(name, parse);
    }

    /** @param parse throws IllegalArgumentException with a message for people */
    <T> Optional<T> value(String name, Function<String, T> parse) {
        known.add(name);
        Node.Entry entry = entries.get(name);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.value() instanceof Node.Nothing) {
            problem(name, "has no value; write one, or leave the name out");
            return Optional.empty();
        }
        Optional<String> text = scalar(path(name), entry.value());
        try {
            return text.map(parse);
        } catch (IllegalArgumentException e) {
            problem(name, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    Optional<Duration> duration(String name, Duration least, Duration most) {
        Optional<Duration> duration = value(name, Quantity::duration);
        if (duration.isPresent()
                && (duration.get().compareTo(least) < 0 || duration.get().compareTo(most) > 0)) {
            problem(name, "must lie between " + words(least) + " and " + words(most));
            return Optional.empty();
        }
        return duration;
    }

    Optional<Integer> number(String name, int least, int most) {
        return value(name, text -> {
            String wrong = "'" + text + "' must be a whole number between " + least + " and " + most;
            try {
                int number = Integer.parseInt(text);
                if (number < least || number > most) {
                    throw new IllegalArgumentException(wrong);
                }
                return number;
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(wrong, e);
            }
        });
    }

    boolean flag(String name, boolean otherwise) {
        return value(name, text -> {
                    if (!text.equals("true") && !text.equals("false")) {
                        throw new IllegalArgumentException("'" + text + "' must be true or false");
                    }
                    return text.equals("true");
                })
                .orElse(otherwise);
    }

    /** One of the words, by the word in the file. */
    <T> Optional<T> choice(String name, Map<String, T> words) {
        return value(name, text -> {
            T chosen = words.get(text);
            if (chosen == null) {
                throw new IllegalArgumentException("'" + text + "' must be " + String.join(" or ", words.keySet())
                        + Spelling.suggestion(text, words.keySet()));
            }
            return chosen;
        });
    }

    /** A list of different texts; empty where it is missing or wrong. */
    List<String> texts(String name, String example) {
        known.add(name);
        Node.Entry entry = entries.get(name);
        if (entry == null) {
            return List.of();
        }
        if (!(entry.value() instanceof Node.Sequence list)) {
            problem(name, "must be a list, such as " + example);
            return List.of();
        }
        if (list.items().isEmpty()) {
            problem(name, "is an empty list; name at least one, such as " + example + ", or leave it out");
        }
        List<String> texts = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < list.items().size(); i++) {
            Optional<String> text =
                    scalar(path(name) + "[" + i + "]", list.items().get(i));
            if (text.isPresent() && !seen.add(text.get())) {
                problem(name, "names '" + text.get() + "' twice");
            }
            text.ifPresent(texts::add);
        }
        return texts;
    }

    /** Names that are not ours, with their values. */
    Map<String, String> properties(String name, Map<String, String> reserved) {
        Section properties = section(name);
        Map<String, String> values = new LinkedHashMap<>();
        for (String property : properties.names()) {
            if (reserved.containsKey(property)) {
                properties.problem(property, reserved.get(property));
            }
            properties.text(property).ifPresent(value -> values.put(property, value));
        }
        return values;
    }

    void problem(String name, String message) {
        Node.Entry entry = entries.get(name);
        reading.problem(path(name), entry == null ? line : entry.line(), message);
    }

    /** Notes a problem for the section as a whole. */
    void problem(String message) {
        reading.problem(path, line, message);
    }

    /** Complains about the names that nobody asked for. */
    void done() {
        for (String name : entries.keySet()) {
            if (!known.contains(name)) {
                String meant = Spelling.suggestion(name, known);
                problem(name, "unknown name" + (meant.isEmpty() ? "; known here: " + String.join(", ", known) : meant));
            }
        }
    }

    private Optional<String> scalar(String place, Node node) {
        if (!(node instanceof Node.Scalar scalar)) {
            reading.problem(place, node.line(), "must be a single value, not " + node.kind());
            return Optional.empty();
        }
        try {
            String text = reading.variables().fill(scalar.text());
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
                reading.problem(
                        place, node.line(), "holds half a surrogate pair, which is no text; write the character");
                return Optional.empty();
            }
            return Optional.of(text);
        } catch (IllegalArgumentException e) {
            reading.problem(place, node.line(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String words(Duration duration) {
        if (duration.toDaysPart() > 0) {
            return duration.toDays() + "d";
        }
        return duration.toSeconds() > 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
