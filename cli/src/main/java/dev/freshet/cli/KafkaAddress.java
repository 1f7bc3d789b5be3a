package dev.freshet.cli;

import dev.freshet.cli.check.BrokerAddress;
import dev.freshet.model.config.FreshetConfig;

/** Where the Kafka is that this configuration means. */
final class KafkaAddress {

    private KafkaAddress() {}

    /** @throws CommandFailedException where the file names none and no {@code run} works a broker of its own */
    static String of(FreshetConfig config) {
        return config.kafka()
                .bootstrapServers()
                .or(() -> BrokerAddress.find(config.kafka().dataDir()))
                .orElseThrow(() -> new CommandFailedException(
                        ExitCode.UNREACHABLE,
                        "no embedded broker works on " + config.kafka().dataDir()));
    }
}
