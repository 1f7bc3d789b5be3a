package dev.freshet.model.config;

import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the environment's variables in place of <code>${NAME}</code> and <code>${NAME:default}</code>. Confined to one thread.
 */
final class Variables {

    private static final Pattern PLACE = Pattern.compile("\\$?\\$\\{([^}]*)(\\}?)");
    private static final Pattern REFERENCE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?::(.*))?", Pattern.DOTALL);

    /** A shorter value would be found in every message, and is no secret worth the name. */
    private static final int SHORTEST_HIDDEN = 4;

    private final Map<String, String> environment;

    /** By value, the longest first, the variable that it came from. */
    private final SortedMap<String, String> filledIn =
            new TreeMap<>(Comparator.comparingInt(String::length).reversed().thenComparing(Function.identity()));

    Variables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * The text with its variables filled in; <code>$${</code> stands for <code>${</code>.
     *
     * @throws IllegalArgumentException naming the variable that is not set, or the reference that is not closed
     */
    String fill(String text) {
        StringBuilder filled = new StringBuilder();
        Matcher place = PLACE.matcher(text);
        int from = 0;
        while (place.find(from)) {
            filled.append(text, from, place.start());
            if (text.startsWith("$${", place.start())) {
                filled.append("${");
                from = place.start() + 3;
                continue;
            }
            if (place.group(2).isEmpty()) {
                throw new IllegalArgumentException(
                        "'${' is never closed by '}'; for the characters themselves write $${");
            }
            filled.append(value(place.group(1)));
            from = place.end();
        }
        return filled.append(text, from, text.length()).toString();
    }

    private String value(String reference) {
        Matcher parts = REFERENCE.matcher(reference);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "a variable is written ${NAME} or ${NAME:default}, NAME of letters, digits and underscores; for the"
                            + " characters themselves write $${");
        }
        String name = parts.group(1);
        String set = environment.get(name);
        if (set != null) {
            if (set.length() >= SHORTEST_HIDDEN) {
                filledIn.put(set, name);
            }
            return set;
        }
        String otherwise = parts.group(2);
        if (otherwise == null) {
            throw new IllegalArgumentException(
                    "the environment variable " + name + " is not set; set it, or write ${" + name + ":default}");
        }
        return otherwise;
    }

    /** A message about the file with what the environment filled in as the file has it: it may be a password. */
    String asWritten(String message) {
        String written = message;
        for (Map.Entry<String, String> filled : filledIn.entrySet()) {
            written = written.replace(filled.getKey(), "${" + filled.getValue() + "}");
        }
        return written;
    }
}
