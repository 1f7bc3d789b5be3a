package dev.freshet.listener;

import dev.freshet.stack.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A way to a PostgreSQL that can be cut: then nothing comes through, and nobody is told. */
final class TcpCut implements AutoCloseable {

    private final PostgresServer server;
    private final ServerSocket door;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean cut;

    TcpCut(PostgresServer server) throws IOException {
        this.server = server;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    String through(String url) {
        return url.replace(":" + server.port() + "/", ":" + door.getLocalPort() + "/");
    }

    /** What is connected stays so; nobody else gets through. */
    void refuse() throws IOException {
        door.close();
    }

    void cut() {
        cut = true;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = door.accept();
            Socket database = new Socket(server.host(), server.port());
            sockets.addAll(List.of(client, database));
            start(() -> pump(client, database));
            start(() -> pump(database, client));
        }
    }

    private void pump(Socket from, Socket to) throws IOException {
        byte[] buffer = new byte[8192];
        for (int read = from.getInputStream().read(buffer);
                read >= 0;
                read = from.getInputStream().read(buffer)) {
            if (cut) {
                awaitEnd();
                return;
            }
            to.getOutputStream().write(buffer, 0, read);
        }
        if (cut) {
            awaitEnd();
        }
        to.close();
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
        end.countDown();
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
