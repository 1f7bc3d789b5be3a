package dev.freshet.benchmarks.resp;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection to Redis that adds as little as one can to what is measured: a socket and two buffers. One thread may write
 * while another reads; each is confined to its own.
 */
public final class RespConnection implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[1 << 16];
    private int next;
    private int end;

    private RespConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    }

    /** Connects. */
    public static RespConnection open(String host, int port) {
        try {
            Socket socket = new Socket(host, port);
            socket.setTcpNoDelay(true);
            return new RespConnection(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a command and reads its reply, as {@link #read} returns it. */
    public Object ask(String... words) {
        send(words);
        flush();
        return read();
    }

    /** Puts a command into the buffer; its reply has to be read later. */
    public void send(String... words) {
        begin(words.length);
        for (String word : words) {
            word(word.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Begins a command of so many words, each to be given to {@link #word}. */
    public void begin(int words) {
        try {
            header('*', words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next word of the command that was begun. */
    public void word(byte[] word) {
        try {
            header('$', word.length);
            out.write(word);
            out.write('\r');
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void header(char sort, int number) throws IOException {
        out.write(sort);
        out.write(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
        out.write('\r');
        out.write('\n');
    }

    /** Sends what stands in the buffer. */
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for the next reply or push: a {@link String} (empty for nil), a {@link Long}, or a {@link List} of these.
     *
     * @throws IllegalStateException where Redis answers with an error
     * @throws UncheckedIOException where the connection ends
     */
    public Object read() {
        try {
            int sort = nextByte();
            String line = line();
            return switch (sort) {
                case '+', '_', '#', ',', '(' -> line;
                case '-', '!' -> throw new IllegalStateException("Redis answers: " + line);
                case ':' -> Long.valueOf(line);
                case '$' -> text(Integer.parseInt(line));
                case '*', '>', '~' -> list(Integer.parseInt(line));
                case '%' -> list(2 * Integer.parseInt(line));
                default -> throw new IllegalStateException("no RESP: " + sort);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Object> list(int size) {
        List<Object> list = new ArrayList<>(Math.max(0, size));
        for (int i = 0; i < size; i++) {
            list.add(read());
        }
        return list;
    }

    private String text(int length) throws IOException {
        if (length < 0) {
            return "";
        }
        byte[] bytes = new byte[length];
        int read = 0;
        while (read < length) {
            if (next == end) {
                fill();
            }
            int part = Math.min(length - read, end - next);
            System.arraycopy(buffer, next, bytes, read, part);
            next += part;
            read += part;
        }
        nextByte();
        nextByte();
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(8);
        for (int b = nextByte(); b != '\r'; b = nextByte()) {
            line.append((char) b);
        }
        nextByte();
        return line.toString();
    }

    private int nextByte() throws IOException {
        if (next == end) {
            fill();
        }
        return buffer[next++];
    }

    private void fill() throws IOException {
        end = in.read(buffer, 0, buffer.length);
        next = 0;
        if (end < 0) {
            end = 0;
            throw new EOFException("Redis closed the connection");
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
