package dev.freshet.stack;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One request to a server, to learn whether it answers; too little to need a client for. */
final class Wire {

    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int POSTGRES_PROTOCOL = 3 << 16;
    private static final int API_VERSIONS = 18;
    private static final int CORRELATION = 7;

    private Wire() {}

    /** Whether a Redis answers PING; while it loads its data it answers with an error. */
    static boolean redisAnswers(int port) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            int first = socket.getInputStream().read();
            // With requirepass among the settings it wants a password: it answers all the same.
            return first == '+' || (first == '-' && socket.getInputStream().read() == 'N');
        }
    }

    /** Whether a PostgreSQL asks who is there; while it starts, it refuses before that. */
    static boolean postgresAnswers(int port) throws IOException {
        byte[] parameters = "user\0postgres\0\0".getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = connect(port);
                DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            out.writeInt(2 * Integer.BYTES + parameters.length);
            out.writeInt(POSTGRES_PROTOCOL);
            out.write(parameters);
            out.flush();
            return socket.getInputStream().read() == 'R';
        }
    }

    /** Whether a Kafka answers the request that every client begins with. */
    static boolean kafkaAnswers(int port) throws IOException {
        try (Socket socket = connect(port);
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                DataInputStream in = new DataInputStream(socket.getInputStream())) {
            // length, request, its version, a number to know the answer by, no client name
            out.writeInt(10);
            out.writeShort(API_VERSIONS);
            out.writeShort(0);
            out.writeInt(CORRELATION);
            out.writeShort(-1);
            out.flush();
            in.readInt();
            return in.readInt() == CORRELATION && in.readShort() == 0;
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(Ports.loopback(), port), TIMEOUT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
