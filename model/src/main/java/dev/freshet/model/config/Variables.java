package dev.freshet.model.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts the environment's variables in place of <code>${NAME}</code> and <code>${NAME:default}</code>. */
final class Variables {

    private static final Pattern PLACE = Pattern.compile("\\$?\\$\\{([^}]*)(\\}?)");
    private static final Pattern REFERENCE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?::(.*))?", Pattern.DOTALL);

    private final Map<String, String> environment;

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
            return set;
        }
        String otherwise = parts.group(2);
        if (otherwise == null) {
            throw new IllegalArgumentException(
                    "the environment variable " + name + " is not set; set it, or write ${" + name + ":default}");
        }
        return otherwise;
    }
}
