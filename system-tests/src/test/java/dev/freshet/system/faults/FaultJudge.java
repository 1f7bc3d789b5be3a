package dev.freshet.system.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.system.oracle.Entry;
import dev.freshet.system.oracle.Held;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares every cached entry with the rows behind it. Nothing at an entry is always right; a value is right where a reader
 * of the rows as they are would have made it. Shares no code with what it judges.
 */
final class FaultJudge {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private FaultJudge() {}

    /**
     * An entry that says something else than its rows.
     *
     * @param form empty where no reader and no mapping makes such an entry
     */
    record Stale(Entry entry, Optional<Form> form, String held, String allowed) {
        @Override
        public String toString() {
            return entry + " holds " + held + ", the rows say " + allowed;
        }
    }

    /** @param cached what stands in Redis apart from the product's own keys */
    static List<Stale> judge(Rows now, Map<Entry, Held> cached) {
        List<Stale> stale = new ArrayList<>();
        cached.forEach((entry, held) -> {
            Optional<Form> form = Form.of(entry);
            List<JsonNode> allowed =
                    form.map(known -> known.allowed(entry, now)).orElse(List.of());
            if (allowed.stream().noneMatch(value -> says(held, value))) {
                stale.add(new Stale(
                        entry, form, text(held), allowed.isEmpty() ? "that nothing may stand" : allowed.toString()));
            }
        });
        return stale;
    }

    private static boolean says(Held held, JsonNode value) {
        try {
            // Both from text: the same number is not always the same kind of node.
            return held instanceof Held.Text text && JSON.readTree(text.text()).equals(JSON.readTree(value.toString()));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static String text(Held held) {
        return held instanceof Held.Text text ? text.text() : held.toString();
    }
}
