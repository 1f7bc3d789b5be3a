package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class PatientSocketIT {

    @Test
    void pgjdbcsMillisecondIsStretchedAndOtherTimeoutsAreKept() throws Exception {
        try (Socket socket = new PatientSocketFactory().createSocket()) {
            socket.setSoTimeout(1);
            assertThat(socket.getSoTimeout()).isEqualTo(1000);
            socket.setSoTimeout(0);
            assertThat(socket.getSoTimeout()).isZero();
            socket.setSoTimeout(5000);
            assertThat(socket.getSoTimeout()).isEqualTo(5000);
        }
    }

    @Test
    void aClosedConnectionIsAnErrorAndNotSilence() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new PatientSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
            server.accept().close();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(EOFException.class);
            assertThatThrownBy(() -> client.getInputStream().read(new byte[4], 0, 4))
                    .isInstanceOf(EOFException.class);
        }
    }
}
