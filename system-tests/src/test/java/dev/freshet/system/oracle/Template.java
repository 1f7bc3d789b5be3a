package dev.freshet.system.oracle;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A key template as the judge reads it: text, and columns in braces. */
record Template(String text) {

    private static final Pattern COLUMN = Pattern.compile("\\{([^{}]+)}");

    /** The key that the image makes; empty where a column is null. */
    Optional<String> key(Image image) {
        StringBuilder key = new StringBuilder();
        Matcher column = COLUMN.matcher(text);
        int end = 0;
        while (column.find()) {
            Optional<String> cell = image.cell(column.group(1));
            if (cell.isEmpty()) {
                return Optional.empty();
            }
            key.append(text, end, column.start()).append(cell.get());
            end = column.end();
        }
        return Optional.of(key.append(text, end, text.length()).toString());
    }

    /** Every key that rows of any contents could make. */
    Pattern everyKey(Map<String, Form> forms) {
        StringBuilder regex = new StringBuilder();
        Matcher column = COLUMN.matcher(text);
        int end = 0;
        while (column.find()) {
            Form form = forms.get(column.group(1));
            if (form == null) {
                throw new IllegalArgumentException("the judge does not know how " + column.group(1) + " prints");
            }
            regex.append(Pattern.quote(text.substring(end, column.start())))
                    .append("(?:")
                    .append(form.regex())
                    .append(')');
            end = column.end();
        }
        regex.append(Pattern.quote(text.substring(end)));
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
