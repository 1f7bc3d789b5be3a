package dev.freshet.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.config.ConfigFile;
import dev.freshet.stack.PostgresServer;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server behind something that refuses start-up parameters as PgBouncer does. */
class PoolerIT {

    /** A strict pooler refuses every session of ours, PgBouncer before 1.23 that of replication. */
    @ParameterizedTest
    @ValueSource(strings = {"TimeZone", "replication"})
    void aPoolerIsToldWithWhatMendsIt(String parameter) throws IOException {
        try (TestDatabase database = TestDatabase.create();
                Door door = new Door(database.server(), parameter)) {
            database.run("CREATE TABLE books (id bigint PRIMARY KEY)", "GRANT SELECT ON books TO " + database.name());
            database.run("CREATE PUBLICATION " + database.name()
                    + " FOR TABLE books WITH (publish_via_partition_root = true)");
            String yaml = database.yaml("b: { table: public.books, key: \"b:{id}\" }\n")
                    .replace(database.server().address(), "127.0.0.1:" + door.port());

            CheckReport report =
                    Checks.run(ConfigFile.parse(yaml, Map.of()), Set.of(Part.TABLES, Part.CAPTURE, Part.PUBLICATION));

            assertThat(report.exitCode()).isEqualTo(2);
            assertThat(report.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.toString())
                            .contains("postgres.url", "such as PgBouncer", "name PostgreSQL's own host and port")
                            .doesNotContain("secret"));
        }
    }

    /** Reads how a connection begins, and passes it on where nothing speaks against it. */
    private static final class Door implements AutoCloseable {

        private final PostgresServer server;
        private final String refused;
        private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> open = new CopyOnWriteArrayList<>();

        Door(PostgresServer server, String refused) throws IOException {
            this.server = server;
            this.refused = refused;
            start(this::accept);
        }

        int port() {
            return door.getLocalPort();
        }

        private void accept() throws IOException {
            while (true) {
                Socket client = door.accept();
                open.add(client);
                start(() -> serve(client));
            }
        }

        private void serve(Socket client) throws IOException {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            byte[] packet = in.readNBytes(in.readInt() - 4);
            while (packet.length == 4) { // asks for TLS
                out.write('N');
                packet = in.readNBytes(in.readInt() - 4);
            }
            if (new String(packet, StandardCharsets.ISO_8859_1).contains("\0" + refused + "\0")) {
                byte[] told = ("SFATAL\0C08P01\0Munsupported startup parameter: " + refused + "\0\0")
                        .getBytes(StandardCharsets.ISO_8859_1);
                out.write('E');
                out.writeInt(told.length + 4);
                out.write(told);
                client.close();
                return;
            }
            Socket behind = new Socket(server.host(), server.port());
            open.add(behind);
            behind.getOutputStream()
                    .write(ByteBuffer.allocate(packet.length + 4)
                            .putInt(packet.length + 4)
                            .put(packet)
                            .array());
            start(() -> pump(behind, client));
            pump(client, behind);
        }

        private static void pump(Socket from, Socket to) throws IOException {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            }
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void start(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException e) {
                    // One end is closed.
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            door.close();
            for (Socket socket : open) {
                socket.close();
            }
        }
    }
}
