package dev.sluice.broker.connection;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what the AMQP client reads of a message. Of a body only the beginning passes, and headers that the client cannot read
 * do not, so that such a message is delivered, and can leave its queue, instead of ending the connection or the process
 * (docs/decisions/073). For a connection with one channel; frames are read by one thread.
 */
final class LimitingFrameHandler implements FrameHandler {
    private static final Logger LOG = LoggerFactory.getLogger(LimitingFrameHandler.class);

    private final FrameHandler socket;
    private final int maxBodyBytes;
    private long missingBytes;

    LimitingFrameHandler(FrameHandler socket, int maxBodyBytes) {
        this.socket = socket;
        this.maxBodyBytes = maxBodyBytes;
    }

    @Override
    public @Nullable Frame readFrame() throws IOException {
        while (true) {
            Frame frame = socket.readFrame();
            Frame passed = frame == null ? null : limit(frame);
            if (frame == null || passed != null) {
                return passed;
            }
        }
    }

    /** The frame to read instead of this one; null if none. */
    private @Nullable Frame limit(Frame frame) {
        return switch (frame.getType()) {
            case AMQP.FRAME_HEADER -> limitHeader(frame);
            case AMQP.FRAME_BODY -> limitBody(frame);
            default -> frame;
        };
    }

    private Frame limitHeader(Frame frame) {
        ContentHeader header = ContentHeader.of(frame.getPayload());
        Frame passed = frame;
        if (!header.areHeadersReadable()) {
            LOG.atWarn().log("headers of a message omitted; incomplete, or nested too deeply");
            header = ContentHeader.of(header.withoutHeaders());
            passed = frame(frame, header);
        }
        missingBytes = header.bodyBytes();
        if (missingBytes < 0 || missingBytes > maxBodyBytes) {
            LOG.atWarn().addKeyValue("bytes", missingBytes).log("message too large; only its beginning is received");
            missingBytes = maxBodyBytes;
            passed = frame(frame, ContentHeader.of(header.withBodyLimit(maxBodyBytes)));
        }
        return passed;
    }

    private static Frame frame(Frame replaced, ContentHeader header) {
        return new Frame(
                replaced.getType(), replaced.getChannel(), header.payload().array());
    }

    private @Nullable Frame limitBody(Frame frame) {
        byte[] payload = frame.getPayload();
        if (missingBytes == 0) {
            return null;
        }
        int passed = (int) Math.min(missingBytes, payload.length);
        missingBytes -= passed;
        return passed == payload.length
                ? frame
                : new Frame(frame.getType(), frame.getChannel(), Arrays.copyOf(payload, passed));
    }

    @Override
    public boolean internalHearbeat() {
        return socket.internalHearbeat();
    }

    @Override
    public void setTimeout(int millis) throws SocketException {
        socket.setTimeout(millis);
    }

    @Override
    public int getTimeout() throws SocketException {
        return socket.getTimeout();
    }

    @Override
    public void sendHeader() throws IOException {
        socket.sendHeader();
    }

    @Override
    public void initialize(AMQConnection connection) {
        socket.initialize(connection);
    }

    @Override
    public void startProcessing() {
        socket.startProcessing();
    }

    @Override
    public void finishConnectionNegotiation() {
        socket.finishConnectionNegotiation();
    }

    @Override
    public void setFrameMax(int bytes) {
        socket.setFrameMax(bytes);
    }

    @Override
    public void writeFrame(Frame frame) throws IOException {
        socket.writeFrame(frame);
    }

    @Override
    public void flush(WriteListener listener) throws IOException {
        socket.flush(listener);
    }

    @Override
    public void close() {
        socket.close();
    }

    @Override
    public InetAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public int getLocalPort() {
        return socket.getLocalPort();
    }

    @Override
    public InetAddress getAddress() {
        return socket.getAddress();
    }

    @Override
    public int getPort() {
        return socket.getPort();
    }
}
