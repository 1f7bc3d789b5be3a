package dev.freshet.cli.check;

import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.KafkaConfig;
import dev.freshet.model.config.PostgresConfig;
import java.util.Set;

/** Looks at everything that a command depends on, and tells all that stands against a start at once. */
public final class Checks {

    private Checks() {}

    /**
     * Checks the parts, in a few seconds; changes nothing anywhere. Without {@code kafka.bootstrap-servers} there is no
     * Kafka to check.
     */
    public static CheckReport run(ConfigFile file, Set<Part> parts) {
        return run(file, file.config().postgres(), parts);
    }

    /** The same, looking at the source through another connection than the pipeline's own. */
    public static CheckReport run(ConfigFile file, PostgresConfig source, Set<Part> parts) {
        Findings findings = new Findings(file);
        if (parts.contains(Part.TABLES)) {
            new DatabaseCheck(file.config(), source, parts, findings).check();
        }
        if (parts.contains(Part.KAFKA)
                && file.config().kafka().bootstrapServers().isPresent()) {
            new KafkaCheck(file.config(), parts, findings).check();
        }
        if (parts.contains(Part.BROKER)
                && file.config().kafka().bootstrapServers().isEmpty()) {
            broker(file.config().kafka(), findings);
        }
        if (parts.contains(Part.REDIS)) {
            new RedisCheck(file.config(), findings).check();
        }
        return new CheckReport(findings.all());
    }

    private static void broker(KafkaConfig kafka, Findings findings) {
        if (BrokerAddress.find(kafka.dataDir()).isEmpty()) {
            findings.because("changes wait in Kafka until they are applied")
                    .unreachable(
                            "kafka.data-dir",
                            "no embedded broker works on " + kafka.dataDir()
                                    + "; start 'freshet run' first, or name a Kafka in kafka.bootstrap-servers");
        }
    }
}
