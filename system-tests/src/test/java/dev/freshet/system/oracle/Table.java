package dev.freshet.system.oracle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A played table.
 *
 * @param name as SQL writes it, without schema
 * @param key the columns of its primary key
 */
public record Table(String name, List<String> key, Map<String, Form> forms) {

    /** Columns as {@code name} for text, or {@code name:INTEGER} and so on; the first {@code keyColumns} are the key. */
    public static Table of(String name, int keyColumns, String... columns) {
        Map<String, Form> forms = new LinkedHashMap<>();
        for (String column : columns) {
            int colon = column.indexOf(':');
            forms.put(
                    colon < 0 ? column : column.substring(0, colon),
                    colon < 0 ? Form.TEXT : Form.valueOf(column.substring(colon + 1)));
        }
        return new Table(name, forms.keySet().stream().limit(keyColumns).toList(), forms);
    }

    public List<String> columns() {
        return List.copyOf(forms.keySet());
    }
}
