package dev.sluice.attacks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A connection on which a test sends any bytes. */
public final class RawConnection implements AutoCloseable {
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})");

    private final Socket socket;

    private RawConnection(Socket socket) {
        this.socket = socket;
    }

    /** @param source the address of the client */
    public static RawConnection open(String source, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
        socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 5_000);
        return new RawConnection(socket);
    }

    /**
     * What the server has sent.
     *
     * @param closed whether it closed the connection within the limit
     */
    public record Received(String text, boolean closed) {
        /** The number of responses. */
        public int responses() {
            return (int) STATUS_LINE.matcher(text).results().count();
        }

        /** The status of the first response; 0: none. */
        public int status() {
            Matcher line = STATUS_LINE.matcher(text);
            return line.find() ? Integer.parseInt(line.group(1)) : 0;
        }

        @Override
        public String toString() {
            return (status() == 0 ? "no response" : Integer.toString(status())) + (closed ? ", closed" : "");
        }
    }

    public RawConnection send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends bytes; a server that has closed the connection meanwhile is no error. */
    public RawConnection trySend(byte[] bytes) {
        try {
            return send(bytes);
        } catch (IOException closed) {
            return this;
        }
    }

    /** Receives until the server closes the connection, at most for {@code limit}. */
    public Received receive(Duration limit) throws IOException {
        return receive(limit, false);
    }

    /** Receives until the head of a response and a body without length are complete, at most for {@code limit}. */
    public Received receiveResponse(Duration limit) throws IOException {
        return receive(limit, true);
    }

    private Received receive(Duration limit, boolean one) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8192];
        try {
            while (!one || !received.toString(StandardCharsets.ISO_8859_1).contains("\r\n\r\n")) {
                socket.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
                int count = in.read(buffer);
                if (count < 0) {
                    return received(received, true);
                }
                received.write(buffer, 0, count);
            }
            return received(received, false);
        } catch (SocketTimeoutException timeout) {
            return received(received, false);
        } catch (SocketException reset) {
            return received(received, true);
        }
    }

    private static Received received(ByteArrayOutputStream bytes, boolean closed) {
        return new Received(bytes.toString(StandardCharsets.ISO_8859_1), closed);
    }

    /** Closes the connection with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
