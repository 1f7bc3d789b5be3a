package dev.freshet.cli.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The file on {@code kafka.data-dir} by which a running {@code run} tells other commands where its broker is. */
public final class BrokerAddress {

    private static final String FILE = "broker.address";
    private static final int CONNECT_MILLIS = 2_000;

    private BrokerAddress() {}

    /** Readers see the whole address or none. */
    public static void publish(Path dataDir, String address) throws IOException {
        Path written = dataDir.resolve(FILE + ".new");
        Files.writeString(written, address + "\n");
        Files.move(written, dataDir.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    public static void withdraw(Path dataDir) throws IOException {
        Files.deleteIfExists(dataDir.resolve(FILE));
    }

    /** The address, where something answers there. */
    public static Optional<String> find(Path dataDir) {
        try {
            String address = Files.readString(dataDir.resolve(FILE)).strip();
            int colon = address.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                int port = Integer.parseInt(address.substring(colon + 1));
                socket.connect(new InetSocketAddress(address.substring(0, colon), port), CONNECT_MILLIS);
            }
            return Optional.of(address);
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
