package dev.freshet.system.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A way to a server, through a port of its own on loopback, that can be cut, held, slowed and made half-open. Thread-safe. */
final class Link implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;
    private static final int CONNECT_MILLIS = 2_000;

    private enum Mode {
        OPEN,
        /** Connections are reset, as by a server that is not there. */
        CUT,
        /** Nothing passes, nothing ends. */
        HELD
    }

    private final String host;
    private final ServerSocket server;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile int target;
    private volatile Mode mode = Mode.OPEN;
    private volatile int delayMillis;

    Link(String host) {
        this.host = host;
        try {
            this.server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getByName(host), 0), 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on it leads there. */
    Link to(int port) {
        target = port;
        start("link to " + port, this::accept);
        return this;
    }

    int port() {
        return server.getLocalPort();
    }

    /** Whether the server knows a connection of this link by that port of its client. */
    boolean carries(int clientPort) {
        return pairs.stream().anyMatch(pair -> pair.upstream.getLocalPort() == clientPort);
    }

    /** Resets all connections, and each new one. */
    void cut() {
        mode = Mode.CUT;
        pairs.forEach(Pair::reset);
    }

    /** Lets nothing pass; what is sent meanwhile arrives after {@link #heal}. */
    void hold() {
        mode = Mode.HELD;
    }

    /** The connections there are stay open, but nothing will ever pass through them again; new ones are held. */
    void silence() {
        mode = Mode.HELD;
        pairs.forEach(pair -> pair.silent = true);
    }

    /** Each piece takes so much longer, one way. */
    void slow(int millis) {
        delayMillis = millis;
    }

    void heal() {
        delayMillis = 0;
        mode = Mode.OPEN;
        synchronized (this) {
            notifyAll();
        }
    }

    private void accept() {
        while (closing.getCount() > 0) {
            try {
                Socket client = server.accept();
                if (mode == Mode.CUT) {
                    reset(client);
                } else {
                    start("link to " + target, () -> serve(client));
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        Socket upstream = new Socket();
        Pair pair = new Pair(client, upstream);
        pairs.add(pair);
        try {
            pass(pair);
            upstream.connect(new InetSocketAddress(host, target), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
        } catch (IOException e) {
            pair.reset();
            return;
        }
        start("link from " + target, () -> pump(pair, upstream, client));
        pump(pair, client, upstream);
    }

    private void pump(Pair pair, Socket from, Socket to) {
        byte[] bytes = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                pass(pair);
                if (!pair.silent) {
                    out.write(bytes, 0, read);
                }
            }
            pass(pair);
        } catch (IOException e) {
            // One side is gone; the other is told below, unless nothing passes any more.
        }
        if (!pair.silent) {
            pair.reset();
        }
    }

    /** Waits while nothing may pass. */
    private void pass(Pair pair) throws IOException {
        try {
            if (delayMillis > 0) {
                closing.await(delayMillis, TimeUnit.MILLISECONDS);
            }
            synchronized (this) {
                while (mode == Mode.HELD && !pair.silent && closing.getCount() > 0) {
                    wait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void reset(Socket socket) {
        try {
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            // It is gone already.
        }
    }

    @Override
    public void close() {
        closing.countDown();
        heal();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pairs.forEach(Pair::reset);
    }

    private final class Pair {
        private final Socket client;
        private final Socket upstream;
        private volatile boolean silent;

        Pair(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void reset() {
            Link.reset(client);
            Link.reset(upstream);
            pairs.remove(this);
        }
    }
}
