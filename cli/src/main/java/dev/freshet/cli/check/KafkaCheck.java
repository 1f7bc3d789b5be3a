package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.KafkaConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/** Whether Kafka answers, and has or takes what the parts need there. */
final class KafkaCheck {

    private static final int LIMIT_SECONDS = 8;

    private final FreshetConfig pipeline;
    private final KafkaConfig config;
    private final Set<Part> parts;
    private final Findings findings;

    KafkaCheck(FreshetConfig pipeline, Set<Part> parts, Findings findings) {
        this.pipeline = pipeline;
        this.config = pipeline.kafka();
        this.parts = parts;
        this.findings = findings.because("changes wait in Kafka until they are applied");
    }

    void check() {
        Map<String, Object> properties = new HashMap<>(config.properties());
        properties.put("bootstrap.servers", config.bootstrapServers().orElseThrow());
        properties.put("client.id", "freshet-check");
        properties.put("request.timeout.ms", LIMIT_SECONDS * 1000);
        properties.put("default.api.timeout.ms", LIMIT_SECONDS * 1000);
        try (Admin admin = Admin.create(properties)) {
            int brokers = admin.describeCluster()
                    .nodes()
                    .get(LIMIT_SECONDS + 2, TimeUnit.SECONDS)
                    .size();
            new TopicCheck(pipeline, parts, findings).check(admin, brokers);
        } catch (TimeoutException e) {
            away();
        } catch (ExecutionException e) {
            refused(e.getCause() == null ? e : e.getCause());
        } catch (KafkaException e) {
            refused(e.getCause() instanceof ConfigException invalid ? invalid : e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            away();
        }
    }

    private void refused(Throwable cause) {
        String reason = String.valueOf(cause.getMessage());
        if (cause instanceof AuthenticationException) {
            findings.wrong("kafka.properties", "Kafka refuses the credentials: " + reason + "; mend them here");
        } else if (cause instanceof AuthorizationException) {
            findings.add(
                    Severity.WRONG,
                    "kafka.properties",
                    "Kafka refuses this user: " + reason + "; grant it the right",
                    Mend.hand("grant the right with kafka-acls.sh"));
        } else if (cause instanceof ConfigException && !reason.contains("bootstrap")) {
            findings.wrong("kafka.properties", "a client property is wrong: " + property(cause) + "; mend it here");
        } else {
            away();
        }
    }

    /** Without the value: it may be a password. */
    private static String property(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        int configuration = message.indexOf("configuration ");
        return configuration < 0 ? cause.getClass().getSimpleName() : message.substring(configuration);
    }

    private void away() {
        findings.unreachable(
                "kafka.bootstrap-servers",
                "Kafka cannot be reached at " + config.bootstrapServers().orElseThrow() + " within " + LIMIT_SECONDS
                        + " s");
    }
}
