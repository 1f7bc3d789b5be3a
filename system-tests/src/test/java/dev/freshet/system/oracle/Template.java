package dev.freshet.system.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A key template as the judge reads it: text, and columns in braces. Immutable. */
final class Template {

    private static final Pattern COLUMN = Pattern.compile("\\{([^{}]+)}");

    /** Text and columns by turns, text first and last. */
    private final List<String> parts = new ArrayList<>();

    private final Pattern everyKey;
    private final Pattern everyLikeness;

    /** @param forms how the columns print */
    Template(String text, Map<String, Form> forms) {
        StringBuilder regex = new StringBuilder();
        StringBuilder likeness = new StringBuilder();
        Matcher column = COLUMN.matcher(text);
        int end = 0;
        while (column.find()) {
            Form form = forms.get(column.group(1));
            if (form == null) {
                throw new IllegalArgumentException("the judge does not know how " + column.group(1) + " prints");
            }
            parts.add(text.substring(end, column.start()));
            parts.add(column.group(1));
            String literal = Pattern.quote(text.substring(end, column.start()));
            regex.append(literal).append("(?:").append(form.regex()).append(')');
            likeness.append(literal).append(".*");
            end = column.end();
        }
        parts.add(text.substring(end));
        regex.append(Pattern.quote(text.substring(end)));
        likeness.append(Pattern.quote(text.substring(end)));
        everyKey = Pattern.compile(regex.toString(), Pattern.DOTALL);
        everyLikeness = Pattern.compile(likeness.toString(), Pattern.DOTALL);
    }

    /** The key that the image makes; empty where a column is null. */
    Optional<String> key(Image image) {
        StringBuilder key = new StringBuilder(parts.get(0));
        for (int i = 1; i < parts.size(); i += 2) {
            Optional<String> cell = image.cell(parts.get(i));
            if (cell.isEmpty()) {
                return Optional.empty();
            }
            key.append(cell.get()).append(parts.get(i + 1));
        }
        return Optional.of(key.toString());
    }

    /** Whether rows of some contents could make the key. */
    boolean couldMake(String key) {
        return everyKey.matcher(key).matches();
    }

    /** Whether the key is like those that rows make, but for how their columns print. */
    boolean isLike(String key) {
        return everyLikeness.matcher(key).matches();
    }
}
