package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.stack.CertificateAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void underTlsItIsAsPatientAndAsHonest(@TempDir Path directory) throws Exception {
        CertificateAuthority authority = CertificateAuthority.in(directory);
        SSLContext context = context(authority.issue("server", "dns:localhost"));
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket plain = new PatientSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(accepted, null, 0, true);
            secured.setUseClientMode(false);
            CompletableFuture<Void> greeted = CompletableFuture.runAsync(() -> {
                try {
                    secured.getOutputStream().write(7);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 1, true);
            assertThat(client.getInputStream().read()).isEqualTo(7);
            greeted.join();

            client.setSoTimeout(1);
            assertThat(plain.getSoTimeout()).isEqualTo(1000);
            // Without a word of TLS, as when the server's process is killed.
            accepted.shutdownOutput();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
        }
    }

    private static SSLContext context(CertificateAuthority.Issued issued) throws Exception {
        KeyStore keys = KeyStore.getInstance(issued.store().toFile(), CertificateAuthority.PASSWORD.toCharArray());
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, CertificateAuthority.PASSWORD.toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    @Test
    void aClosedConnectionIsAnErrorAndNotSilence() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new PatientSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
            server.accept().close();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> client.getInputStream().read(new byte[4], 0, 4))
                    .isInstanceOf(SocketException.class);
        }
    }
}
