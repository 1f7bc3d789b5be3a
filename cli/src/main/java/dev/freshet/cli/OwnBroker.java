package dev.freshet.cli;

import dev.freshet.cli.check.BrokerAddress;
import dev.freshet.stack.EmbeddedStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The single-node broker of {@code run} where the configuration names no Kafka; other commands find its address. */
final class OwnBroker implements AutoCloseable {

    private final EmbeddedStack stack;
    private final Path dataDir;

    private OwnBroker(EmbeddedStack stack, Path dataDir) {
        this.stack = stack;
        this.dataDir = dataDir;
    }

    /** @throws dev.freshet.stack.StackException where it does not start, such as on a directory that is in use */
    static OwnBroker start(Path dataDir) {
        // The commands stop on signals themselves, in order; a hook would end the broker under the rest.
        EmbeddedStack stack = EmbeddedStack.builder()
                .kafka()
                .dataDir(dataDir)
                .withoutShutdownHook()
                .start();
        OwnBroker broker = new OwnBroker(stack, dataDir);
        try {
            BrokerAddress.publish(dataDir, broker.address());
            return broker;
        } catch (IOException e) {
            broker.close();
            throw new UncheckedIOException("cannot write to " + dataDir, e);
        }
    }

    String address() {
        return stack.kafka().bootstrapServers();
    }

    @Override
    public void close() {
        try {
            BrokerAddress.withdraw(dataDir);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + dataDir, e);
        } finally {
            stack.close();
        }
    }
}
