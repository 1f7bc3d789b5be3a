package dev.freshet.stack;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A connection to a Redis for the few commands that arrange a cluster. Confined to one thread at a time. */
final class RespConnection implements AutoCloseable {

    /** Each byte is one character, so that keys stay what they are. */
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private static final int TIMEOUT_MILLIS = 10_000;

    private final int port;
    private final Socket socket;
    private final InputStream in;

    RespConnection(int port) throws IOException {
        this.port = port;
        this.socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(Ports.loopback(), port), TIMEOUT_MILLIS);
            this.in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Runs one command whose answer is text or a number; an answer of nothing is empty text. */
    String text(String... command) throws IOException {
        return String.valueOf(answer(command));
    }

    /** Runs one command whose answer is a list of texts. */
    List<String> texts(String... command) throws IOException {
        return answer(command) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    private Object answer(String... command) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(("*" + command.length + "\r\n").getBytes(BYTES));
        for (String word : command) {
            byte[] bytes = word.getBytes(BYTES);
            request.writeBytes(("$" + bytes.length + "\r\n").getBytes(BYTES));
            request.writeBytes(bytes);
            request.writeBytes("\r\n".getBytes(BYTES));
        }
        socket.getOutputStream().write(request.toByteArray());
        Object answer = read();
        if (answer instanceof Refused refused) {
            throw new StackException("the Redis at port " + port + " refuses "
                    + String.join(" ", Stream.of(command).limit(3).toList()) + ": " + refused.why());
        }
        return answer;
    }

    private record Refused(String why) {}

    private Object read() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '-' -> new Refused(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> list(Integer.parseInt(rest));
            default -> rest;
        };
    }

    private String bulk(int length) throws IOException {
        if (length < 0) {
            return "";
        }
        byte[] bytes = in.readNBytes(length + 2);
        if (bytes.length < length + 2) {
            throw new EOFException("the Redis at port " + port + " closed the connection");
        }
        return new String(bytes, 0, length, BYTES);
    }

    private List<Object> list(int size) throws IOException {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            list.add(read());
        }
        return list;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the Redis at port " + port + " closed the connection");
            }
            line.append((char) next);
        }
        in.read();
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
