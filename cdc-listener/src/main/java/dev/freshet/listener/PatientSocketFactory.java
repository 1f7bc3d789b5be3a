package dev.freshet.listener;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.SocketFactory;

/**
 * Makes sockets that wait a second for the next message of the log where pgjdbc would wait a millisecond; pgjdbc
 * creates it by its name. TLS is laid over these sockets and passes the timeout down to them.
 *
 * <p>pgjdbc asks for a millisecond only to see whether a message is pending, and Debezium sleeps after a few empty
 * answers. Waiting inside the read returns a message the moment it arrives, and costs nothing meanwhile.
 */
public final class PatientSocketFactory extends SocketFactory {

    private static final int PGJDBC_PENDING_TIMEOUT = 1;
    private static final int PATIENCE = 1000;

    @Override
    public Socket createSocket() {
        return new PatientSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return connected(new InetSocketAddress(address, port), new InetSocketAddress(localAddress, localPort));
    }

    private static Socket connected(
            InetSocketAddress remote, @org.jspecify.annotations.Nullable InetSocketAddress local) throws IOException {
        Socket socket = new PatientSocket();
        if (local != null) {
            socket.bind(local);
        }
        socket.connect(remote);
        return socket;
    }

    private static final class PatientSocket extends Socket {

        @Override
        public synchronized void setSoTimeout(int timeout) throws SocketException {
            super.setSoTimeout(timeout == PGJDBC_PENDING_TIMEOUT ? PATIENCE : timeout);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                // pgjdbc takes the end of the stream for "nothing pending" and would go on asking for ever. No
                // EOFException,
                // which TLS, laid over this stream, would tell as an end again.
                @Override
                public int read() throws IOException {
                    return untilEnd(super.read());
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    return untilEnd(super.read(bytes, offset, length));
                }

                private int untilEnd(int read) throws SocketException {
                    if (read < 0) {
                        throw new SocketException("PostgreSQL closed the connection");
                    }
                    return read;
                }
            };
        }
    }
}
