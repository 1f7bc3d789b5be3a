package dev.freshet.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogSettingTest {

    @Test
    void aLevelAndJsonMayStandTogetherInAnyOrder() {
        assertThat(LogSetting.form("")).isEqualTo("text");
        assertThat(LogSetting.level("")).isEqualTo("INFO");
        assertThat(LogSetting.form("json")).isEqualTo("json");
        assertThat(LogSetting.level("json")).isEqualTo("INFO");
        assertThat(LogSetting.form("debug, JSON")).isEqualTo("json");
        assertThat(LogSetting.level("debug, JSON")).isEqualTo("DEBUG");
        assertThat(LogSetting.form("warn")).isEqualTo("text");
        assertThat(LogSetting.level("warn")).isEqualTo("WARN");
        assertThat(LogSetting.level("loud")).isEqualTo("INFO");
    }

    @Test
    void anEventIsOneLineWithItsExceptionAndWithoutItsArguments() throws Exception {
        LoggerContext context = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(getClass().getResource("json-only.xml"));
        Logger logger = context.getLogger("dev.freshet.writer.Some");
        var appender = (ConsoleAppender<?>)
                Optional.ofNullable(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR"))
                        .orElseThrow();
        JsonEncoder encoder = (JsonEncoder) appender.getEncoder();

        Exception failure = new IllegalStateException("away\n\"really\"", new RuntimeException("no route"));
        byte[] line = encoder.encode(new LoggingEvent(
                "here", logger, ch.qos.logback.classic.Level.WARN, "trying {} again", failure, new Object[] {"it"}));

        String text = new String(line, StandardCharsets.UTF_8);
        assertThat(text).endsWith("\n");
        assertThat(text.strip().lines()).hasSize(1);
        JsonNode event = JsonMapper.builder().build().readTree(text);
        assertThat(event.path("level").asText()).isEqualTo("WARN");
        assertThat(event.path("loggerName").asText()).isEqualTo("dev.freshet.writer.Some");
        assertThat(event.path("formattedMessage").asText()).isEqualTo("trying it again");
        assertThat(event.path("throwable").path("className").asText()).endsWith("IllegalStateException");
        assertThat(event.path("throwable").path("message").asText()).isEqualTo("away\n\"really\"");
        assertThat(event.path("throwable").path("cause").path("message").asText())
                .isEqualTo("no route");
        assertThat(event.has("arguments")).isFalse();
    }
}
