package dev.sluice.endtoend;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Receives spans over OTLP and HTTP, in the binary encoding of Protocol Buffers. */
final class TraceCollector implements AutoCloseable {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int ERROR = 2;

    private final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    private TraceCollector(HttpServer server) {
        this.server = server;
    }

    /** A span with the instance of its process. Attributes that are no text are in decimal digits. */
    record ReceivedSpan(
            String traceId,
            String spanId,
            String parentId,
            String name,
            boolean failed,
            Map<String, String> attributes,
            String instance) {}

    static TraceCollector start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        TraceCollector collector = new TraceCollector(server);
        server.createContext("/v1/traces", collector::receive);
        server.start();
        return collector;
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The spans received so far, of all traces. */
    List<ReceivedSpan> spans() {
        return List.copyOf(spans);
    }

    Stream<ReceivedSpan> named(String name) {
        return spans.stream().filter(span -> span.name().equals(name));
    }

    Stream<ReceivedSpan> childrenOf(ReceivedSpan parent) {
        return spans.stream().filter(span -> span.parentId().equals(parent.spanId()));
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            fields(ByteBuffer.wrap(exchange.getRequestBody().readAllBytes()), (number, resourceSpans) -> {
                StringBuilder instance = new StringBuilder();
                fields(bytes(resourceSpans), (part, value) -> {
                    if (part == 1) {
                        fields(bytes(value), (field, attribute) -> {
                            String[] pair = attribute(attribute);
                            if (pair[0].equals("service.instance.id")) {
                                instance.append(pair[1]);
                            }
                        });
                    } else if (part == 2) {
                        fields(bytes(value), (field, span) -> {
                            if (field == 2) {
                                spans.add(span(bytes(span), instance.toString()));
                            }
                        });
                    }
                });
            });
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static ReceivedSpan span(ByteBuffer message, String instance) {
        String[] texts = {"", "", "", ""};
        boolean[] failed = {false};
        Map<String, String> attributes = new TreeMap<>();
        fields(message, (number, value) -> {
            switch (number) {
                case 1, 2 -> texts[number - 1] = hex(bytes(value));
                case 4 -> texts[2] = hex(bytes(value));
                case 5 -> texts[3] = text(bytes(value));
                case 9 -> {
                    String[] pair = attribute(value);
                    attributes.put(pair[0], pair[1]);
                }
                case 15 -> fields(bytes(value), (field, code) -> failed[0] |= field == 3 && code.equals((long) ERROR));
                default -> {
                    // Times and events.
                }
            }
        });
        return new ReceivedSpan(texts[0], texts[1], texts[2], texts[3], failed[0], attributes, instance);
    }

    private static String[] attribute(Object keyValue) {
        String[] pair = {"", ""};
        fields(bytes(keyValue), (number, value) -> {
            if (number == 1) {
                pair[0] = text(bytes(value));
            } else {
                fields(
                        bytes(value),
                        (type, content) ->
                                pair[1] = content instanceof ByteBuffer raw ? text(raw) : String.valueOf(content));
            }
        });
        return pair;
    }

    /** Reads a message: passes the number and the value of each field, a {@code Long} or a {@code ByteBuffer}. */
    private static void fields(ByteBuffer message, BiConsumer<Integer, Object> field) {
        message.order(ByteOrder.LITTLE_ENDIAN);
        while (message.hasRemaining()) {
            long tag = varint(message);
            int type = (int) (tag & 7);
            Object value = switch (type) {
                case VARINT -> varint(message);
                case FIXED_64 -> message.getLong();
                case BYTES -> slice(message, (int) varint(message));
                default -> (long) message.getInt();
            };
            field.accept((int) (tag >>> 3), value);
        }
    }

    private static long varint(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = message.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static ByteBuffer slice(ByteBuffer message, int length) {
        ByteBuffer slice = message.slice(message.position(), length);
        message.position(message.position() + length);
        return slice;
    }

    private static ByteBuffer bytes(Object value) {
        return ((ByteBuffer) value).duplicate();
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return HexFormat.of().formatHex(copy);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
