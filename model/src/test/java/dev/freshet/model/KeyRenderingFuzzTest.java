package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.freshet.model.KeyTemplate.Rendered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Keys of hostile values, against rules that are written here a second time and know nothing of globs and expressions. */
final class KeyRenderingFuzzTest {

    private static final int INPUTS = Integer.getInteger("freshet.fuzz.inputs", 4_000);
    private static final long SEED = Long.getLong("freshet.fuzz.seed", new Random().nextLong());

    private static final List<String> HOSTILE = List.of(
            "*",
            "?",
            "[",
            "]",
            "[^a]",
            "[a-z]",
            "\\",
            "^",
            "-",
            "{",
            "}",
            "{{",
            "}}",
            "{id}",
            ":",
            "::",
            "\0",
            "\n",
            "\r\n",
            "\u2028",
            "\ud83d\ude00",
            "\\E",
            "\\Q",
            "$",
            "(",
            ")",
            "|",
            ".*",
            "+",
            " ",
            "e\u0301",
            "0",
            "-1",
            "42",
            "007",
            "true",
            "false",
            "truefalse",
            "NaN",
            "a",
            "A",
            "user");

    /** How a column prints: its form as the catalogue has it, and whether a text is of it. */
    private enum Column {
        TEXT("text"),
        NUMBER("int8"),
        FLAG("bool"),
        DAY("date");

        private final String type;

        Column(String type) {
            this.type = type;
        }

        boolean prints(String text) {
            return switch (this) {
                case TEXT -> true;
                case NUMBER -> isNumber(text);
                case FLAG -> text.equals("true") || text.equals("false");
                case DAY -> isDay(text);
            };
        }

        private static boolean isNumber(String text) {
            String digits = text.startsWith("-") ? text.substring(1) : text;
            return !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        }

        private static boolean isDay(String text) {
            if (text.equals("infinity") || text.equals("-infinity")) {
                return true;
            }
            String day = text.endsWith(" BC") ? text.substring(0, text.length() - 3) : text;
            String[] parts = day.split("-", -1);
            return parts.length == 3
                    && parts[0].length() >= 4
                    && parts[1].length() == 2
                    && parts[2].length() == 2
                    && List.of(parts).stream().allMatch(part -> part.chars().allMatch(c -> c >= '0' && c <= '9'));
        }
    }

    /** A part of a template: literal text, or a column. */
    private record Part(String literal, Optional<Column> column) {}

    private final Random random = new Random(SEED);

    @Test
    void everyKeyIsWhatItsTemplateSaysAndOnlyWhatCouldBeItsOwnIsScannedFor() {
        int meant = 0;
        int foreign = 0;
        for (int input = 0; input < INPUTS; input++) {
            List<Part> parts = parts();
            KeyTemplate template = KeyTemplate.parse(written(parts));
            Map<String, String> known = new HashMap<>();
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).column().isPresent() && random.nextInt(3) > 0) {
                    known.put("c" + i, text(3));
                }
            }
            Row row = row(known);
            Optional<String> key = key(parts, known);
            if (key.isPresent()) {
                assertThat(template.render(row)).describedAs(place(input)).isEqualTo(new Rendered.Key(key.get()));
            } else {
                assertThat(template.render(row)).describedAs(place(input)).isInstanceOf(Rendered.Unknown.class);
            }
            KeyScan scan = template.scan(row, column -> form(parts, column));
            for (String candidate : candidates(parts, known)) {
                boolean own = isOwn(parts, 0, known, candidate);
                assertThat(scan.matches(candidate))
                        .describedAs("%s: %s for %s", place(input), escaped(candidate), template)
                        .isEqualTo(own);
                if (own) {
                    assertThat(globMatches(scan.glob(), candidate))
                            .describedAs("%s: %s finds %s", place(input), escaped(scan.glob()), escaped(candidate))
                            .isTrue();
                    meant++;
                } else {
                    foreign++;
                }
            }
        }
        assertThat(meant).isGreaterThan(INPUTS / 2);
        assertThat(foreign).isGreaterThan(INPUTS / 2);
    }

    @Test
    void aKeyThatIsMadeToBeLookedAtForHoursIsDecidedAtOnce() {
        KeyScan scan = KeyTemplate.parse("user:{a}:{b}:{c}:{d}").scan(Row.of(Map.of()), column -> form(column));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (String end : List.of("x", "", "1x")) {
                // Too costly to tell: then the key counts as meant, which is the safe side.
                assertThat(scan.matches("user:" + ":".repeat(20_000) + end)).isTrue();
            }
            assertThat(scan.matches("user:" + ":".repeat(20_000) + "7")).isTrue();
            assertThat(scan.matches("other:" + ":".repeat(20_000) + "7")).isFalse();
            assertThat(scan.matches("user:1:2:3:x")).isFalse();
        });
    }

    @Test
    void aVeryLongValueMakesItsKey() {
        KeyTemplate template = KeyTemplate.parse("doc:{title}:{id}");
        String title = "[*?\\{".repeat(1_000_000);
        assertThat(template.render(row(Map.of("title", title, "id", "7"))))
                .isEqualTo(new Rendered.Key("doc:" + title + ":7"));
        KeyScan scan = template.scan(
                row(Map.of("title", title)), column -> ColumnType.named("int8").form());
        assertThat(scan.matches("doc:" + title + ":7")).isTrue();
        assertThat(scan.matches("doc:" + title + ":x")).isFalse();
        assertThat(scan.matches("doc:" + title.substring(1) + ":7")).isFalse();
    }

    @Test
    void everyTextIsATemplateOrSaidToBeNone() {
        for (int input = 0; input < INPUTS; input++) {
            String text = text(8);
            try {
                assertThat(KeyTemplate.parse(text)).hasToString(text);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).describedAs(place(input)).isNotEmpty();
            }
        }
    }

    private String form(String column) {
        return ColumnType.named(column.equals("d") ? "int8" : "text").form();
    }

    private static String form(List<Part> parts, String column) {
        Part part = parts.get(Integer.parseInt(column.substring(1)));
        return ColumnType.named(part.column().orElseThrow().type).form();
    }

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(text(1) + ":", Optional.empty()));
        int columns = 1 + random.nextInt(3);
        for (int i = 0; i < columns; i++) {
            parts.add(new Part("", Optional.of(Column.values()[random.nextInt(Column.values().length)])));
            if (random.nextInt(3) > 0) {
                parts.add(new Part(text(1), Optional.empty()));
            }
        }
        return parts;
    }

    /** The template as the configuration writes it, a literal brace twice. */
    private static String written(List<Part> parts) {
        StringBuilder template = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            template.append(
                    part.column().isPresent()
                            ? "{c" + i + "}"
                            : part.literal().replace("{", "{{").replace("}", "}}"));
        }
        return template.toString();
    }

    private static Row row(Map<String, String> known) {
        Map<String, Cell> cells = new HashMap<>();
        known.forEach((column, text) -> cells.put(column, Cell.text(text)));
        return Row.of(cells);
    }

    private static Optional<String> key(List<Part> parts, Map<String, String> known) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).column().isEmpty()) {
                key.append(parts.get(i).literal());
            } else if (known.containsKey("c" + i)) {
                key.append(known.get("c" + i));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(key.toString());
    }

    /** Some keys of the template, and some that only look like it. */
    private List<String> candidates(List<Part> parts, Map<String, String> known) {
        List<String> candidates = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            StringBuilder key = new StringBuilder();
            for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get(i);
                key.append(part.column().isEmpty() ? part.literal() : known.getOrDefault("c" + i, value(part)));
            }
            candidates.add(key.toString());
            int at = random.nextInt(key.length() + 1);
            candidates.add(key.substring(0, at) + text(1) + key.substring(at));
            candidates.add(key.substring(0, at) + key.substring(Math.min(key.length(), at + 1)));
        }
        return candidates;
    }

    private String value(Part part) {
        return switch (part.column().orElseThrow()) {
            case TEXT -> text(3);
            case NUMBER -> Integer.toString(random.nextInt());
            case FLAG -> Boolean.toString(random.nextBoolean());
            case DAY -> random.nextInt(4) == 0 ? "infinity" : "20" + (10 + random.nextInt(80)) + "-02-03";
        };
    }

    /** Whether some values of the columns that are not known make this key. */
    private static boolean isOwn(List<Part> parts, int from, Map<String, String> known, String key) {
        if (from == parts.size()) {
            return key.isEmpty();
        }
        Part part = parts.get(from);
        if (part.column().isEmpty() || known.containsKey("c" + from)) {
            String literal = part.column().isEmpty() ? part.literal() : known.getOrDefault("c" + from, "");
            return key.startsWith(literal) && isOwn(parts, from + 1, known, key.substring(literal.length()));
        }
        for (int end = 0; end <= key.length(); end++) {
            if (part.column().get().prints(key.substring(0, end))
                    && isOwn(parts, from + 1, known, key.substring(end))) {
                return true;
            }
        }
        return false;
    }

    /** The part of Redis's globs that a scan uses: stars and escaped characters. */
    private static boolean globMatches(String glob, String text) {
        if (glob.isEmpty()) {
            return text.isEmpty();
        }
        if (glob.charAt(0) == '*') {
            return globMatches(glob.substring(1), text) || (!text.isEmpty() && globMatches(glob, text.substring(1)));
        }
        boolean escape = glob.charAt(0) == '\\';
        assertThat("?[").describedAs("a wildcard that was not meant").doesNotContain(glob.substring(0, 1));
        return !text.isEmpty()
                && text.charAt(0) == glob.charAt(escape ? 1 : 0)
                && globMatches(glob.substring(escape ? 2 : 1), text.substring(1));
    }

    private String text(int most) {
        StringBuilder text = new StringBuilder();
        for (int n = 1 + random.nextInt(most); n > 0; n--) {
            text.append(HOSTILE.get(random.nextInt(HOSTILE.size())));
        }
        return text.toString();
    }

    private static String place(int input) {
        return "-Dfreshet.fuzz.seed=" + SEED + ", input " + input;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars()
                .forEach(c -> escaped.append(c < 32 || c > 126 ? String.format("\\u%04x", c) : Character.toString(c)));
        return escaped.toString();
    }
}
