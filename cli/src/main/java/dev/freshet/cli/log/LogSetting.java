package dev.freshet.cli.log;

import ch.qos.logback.core.PropertyDefinerBase;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the environment variable {@code FRESHET_LOG} for {@code logback.xml}: words with commas between them, a level
 * ({@code debug}) and {@code json}, each by itself or both.
 */
public final class LogSetting extends PropertyDefinerBase {

    private static final String NAME = "FRESHET_LOG";
    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    private String part = "";

    /** @param part {@code level}, or {@code form}: {@code text} or {@code json} */
    public void setPart(String part) {
        this.part = part;
    }

    @Override
    public String getPropertyValue() {
        String setting = Optional.ofNullable(System.getenv(NAME)).orElse("");
        return part.equals("form") ? form(setting) : level(setting);
    }

    static String form(String setting) {
        return words(setting).contains("JSON") ? "json" : "text";
    }

    static String level(String setting) {
        return words(setting).stream().filter(LEVELS::contains).findFirst().orElse("INFO");
    }

    private static List<String> words(String setting) {
        return Arrays.stream(setting.split(",", -1))
                .map(word -> word.trim().toUpperCase(Locale.ROOT))
                .toList();
    }
}
