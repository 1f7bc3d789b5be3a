package dev.freshet.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports on the loopback interface. */
final class Ports {

    static final String HOST = "127.0.0.1";

    // Below the range from which Linux and macOS take the ports of outgoing connections: a server that was stopped
    // could otherwise find its port taken by some client when it starts again. A Redis with cluster-enabled also takes
    // the port that is 10,000 higher.
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 22_000;
    private static final int ATTEMPTS = 200;

    private Ports() {}

    static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new StackException("no free port on " + HOST + " between " + LOWEST + " and " + HIGHEST + " in "
                + ATTEMPTS + " attempts: end what listens there");
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(loopback(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
