package dev.freshet.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkIT {

    private static final String HOST = "127.0.0.1";

    private ServerSocket server;
    private Link link;

    /** A server that answers each byte with the next one. */
    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        link = new Link(HOST).to(server.getLocalPort());
        Thread accepting = new Thread(() -> {
            try {
                while (true) {
                    Socket client = server.accept();
                    Thread answering = new Thread(() -> answer(client));
                    answering.setDaemon(true);
                    answering.start();
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
        accepting.setDaemon(true);
        accepting.start();
    }

    private static void answer(Socket client) {
        try (client) {
            for (int read = client.getInputStream().read();
                    read >= 0;
                    read = client.getInputStream().read()) {
                client.getOutputStream().write(read + 1);
            }
        } catch (IOException gone) {
            // As a server sees it.
        }
    }

    @AfterEach
    void end() throws IOException {
        link.close();
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), link.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static int ask(Socket socket) throws IOException {
        socket.getOutputStream().write(1);
        return socket.getInputStream().read();
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(200);
        assertThatThrownBy(() -> ask(socket)).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(10_000);
    }

    @Test
    void aCutLinkBreaksWhatStandsAndWhatComes() throws IOException {
        try (Socket before = connect()) {
            assertThat(ask(before)).isEqualTo(2);
            link.cut();
            assertThat(isBroken(before)).isTrue();
            try (Socket during = connect()) {
                assertThat(isBroken(during)).isTrue();
            }
            link.heal();
            try (Socket after = connect()) {
                assertThat(ask(after)).isEqualTo(2);
            }
        }
    }

    /** Reset, or ended. */
    private static boolean isBroken(Socket socket) {
        try {
            return ask(socket) < 0;
        } catch (IOException e) {
            return !(e instanceof SocketTimeoutException);
        }
    }

    @Test
    void whatIsHeldArrivesLater() throws IOException {
        try (Socket socket = connect()) {
            assertThat(ask(socket)).isEqualTo(2);
            link.hold();
            assertSilent(socket);
            link.heal();
            assertThat(socket.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void whatWasSilencedStaysSilentAndOpen() throws IOException {
        try (Socket before = connect()) {
            assertThat(ask(before)).isEqualTo(2);
            link.silence();
            assertSilent(before);
            link.heal();
            assertSilent(before);
            try (Socket after = connect()) {
                assertThat(ask(after)).isEqualTo(2);
            }
        }
    }

    @Test
    void aSlowLinkTakesItsTime() throws IOException {
        try (Socket socket = connect()) {
            assertThat(ask(socket)).isEqualTo(2);
            link.slow(100);
            long began = System.nanoTime();
            assertThat(ask(socket)).isEqualTo(2);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        }
    }
}
