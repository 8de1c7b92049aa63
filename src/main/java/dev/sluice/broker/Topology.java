package dev.sluice.broker;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.broker.connection.BrokerErrorMapper;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.RabbitMqConfig.QueueMode;
import dev.sluice.job.StageName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Exchanges and queues of the wire contract, and the internal queues. All are durable. By default those of the contract
 * are declared without arguments, because the broker rejects any difference from the declaration of the backend.
 */
public final class Topology {
    public static final String PROCESSING_EXCHANGE = "video.processing";
    public static final String UPDATES_EXCHANGE = "video.updates";

    public static final String DOWNLOAD_QUEUE = "video.processing.download";
    public static final String PROCESSING_QUEUE = "video.processing.processing";
    public static final String UPLOAD_QUEUE = "video.processing.upload";
    public static final String UPDATES_QUEUE = "video.processing.updates";
    public static final String REQUESTS_QUEUE = "video.processing.requests";

    /** Internal queue: segments of long videos, published through the default exchange. */
    public static final String SEGMENTS_QUEUE = "video.processing.segments";

    /** Internal queue: long videos whose segments are complete, published through the default exchange. */
    public static final String JOINS_QUEUE = "video.processing.joins";

    /** Internal queue: dead letters, which are not retried; published through the default exchange. */
    public static final String DEAD_LETTER_QUEUE = "video.processing.dead";

    /** The exchange that routes a message to the queue named by the routing key. */
    public static final String DEFAULT_EXCHANGE = "";

    public static final String DOWNLOAD_KEY = "download";
    public static final String PROCESSING_KEY = "processing";
    public static final String UPLOAD_KEY = "upload";
    public static final String UPDATE_KEY = "update";
    public static final String REQUEST_KEY = "request";

    /** All queues from which messages are processed. */
    public static final List<String> INPUT_QUEUES = List.of(
            DOWNLOAD_QUEUE, PROCESSING_QUEUE, SEGMENTS_QUEUE, JOINS_QUEUE, UPLOAD_QUEUE, UPDATES_QUEUE, REQUESTS_QUEUE);

    /** The queues whose lengths operators watch: the input queues, and that of dead letters. */
    public static final List<String> OBSERVED_QUEUES =
            Stream.concat(INPUT_QUEUES.stream(), Stream.of(DEAD_LETTER_QUEUE)).toList();

    private static final int DEAD_LETTER_DELIVERY_LIMIT = 1_000_000_000;

    static final List<String> EXCHANGES = List.of(PROCESSING_EXCHANGE, UPDATES_EXCHANGE);

    static final List<Binding> BINDINGS = List.of(
            new Binding(PROCESSING_EXCHANGE, DOWNLOAD_KEY, DOWNLOAD_QUEUE),
            new Binding(PROCESSING_EXCHANGE, PROCESSING_KEY, PROCESSING_QUEUE),
            new Binding(PROCESSING_EXCHANGE, UPLOAD_KEY, UPLOAD_QUEUE),
            new Binding(UPDATES_EXCHANGE, UPDATE_KEY, UPDATES_QUEUE),
            new Binding(PROCESSING_EXCHANGE, REQUEST_KEY, REQUESTS_QUEUE));

    /**
     * Queues that only this application uses. They are created if missing, even in mode PASSIVE, where contract queues
     * are only checked.
     */
    static final List<String> INTERNAL_QUEUES = List.of(SEGMENTS_QUEUE, JOINS_QUEUE, DEAD_LETTER_QUEUE);

    /** Routes messages with this key from the exchange to the queue. */
    record Binding(String exchange, String routingKey, String queue) {}

    private Topology() {}

    /** Returns the queue from which a stage receives its messages. */
    public static String queueOf(StageName stage) {
        return switch (stage) {
            case DOWNLOAD -> DOWNLOAD_QUEUE;
            case PROCESSING -> PROCESSING_QUEUE;
            case SEGMENT -> SEGMENTS_QUEUE;
            case JOIN -> JOINS_QUEUE;
            case UPLOAD -> UPLOAD_QUEUE;
        };
    }

    /**
     * Declares all exchanges, queues and bindings. In mode PASSIVE only checks that those of the contract exist.
     * Blocks.
     *
     * @throws IOException if something exists with different properties or, in mode PASSIVE, is missing; the channel is
     *     closed then
     */
    static void declare(Channel channel, RabbitMqConfig config) throws IOException {
        for (String exchange : EXCHANGES) {
            declareExchange(channel, exchange, config);
        }
        for (Binding binding : BINDINGS) {
            declareQueue(channel, binding.queue(), config);
            if (config.queueMode() != QueueMode.PASSIVE) {
                channel.queueBind(
                        config.named(binding.queue()), config.named(binding.exchange()), binding.routingKey());
            }
        }
        for (String queue : INTERNAL_QUEUES) {
            declareInternalQueue(channel, queue, config);
        }
    }

    static void declareExchange(Channel channel, String exchange, RabbitMqConfig config) throws IOException {
        String name = config.named(exchange);
        if (config.queueMode() == QueueMode.PASSIVE) {
            channel.exchangeDeclarePassive(name);
        } else {
            channel.exchangeDeclare(name, BuiltinExchangeType.DIRECT, true);
        }
    }

    static void declareQueue(Channel channel, String queue, RabbitMqConfig config) throws IOException {
        String name = config.named(queue);
        if (config.queueMode() == QueueMode.PASSIVE) {
            channel.queueDeclarePassive(name);
        } else {
            channel.queueDeclare(name, true, false, false, arguments(config.queueMode()));
        }
    }

    /** Declares an internal queue; in mode PASSIVE an existing queue is used unchanged. */
    static void declareInternalQueue(Channel channel, String queue, RabbitMqConfig config) throws IOException {
        String name = config.named(queue);
        QueueMode mode = config.queueMode();
        if (mode == QueueMode.PASSIVE && exists(channel.getConnection(), name)) {
            return;
        }
        channel.queueDeclare(
                name, true, false, false, queue.equals(DEAD_LETTER_QUEUE) ? deadArguments(mode) : arguments(mode));
    }

    /** Checks on a separate channel, because the broker closes the channel if the queue does not exist. */
    private static boolean exists(Connection connection, String queue) throws IOException {
        Channel probe = connection.createChannel();
        try {
            probe.queueDeclarePassive(queue);
            return true;
        } catch (IOException missing) {
            if (BrokerErrorMapper.isNotFound(missing)) {
                return false;
            }
            throw missing;
        } finally {
            probe.abort();
        }
    }

    // A quorum queue counts requeues, and by default newer brokers drop a message after 20 of them; each listing of the
    // dead letters requeues them. The value -1 for "no limit" is rejected by older brokers.
    private static Map<String, Object> deadArguments(QueueMode mode) {
        return mode == QueueMode.QUORUM
                ? Map.of("x-queue-type", "quorum", "x-delivery-limit", DEAD_LETTER_DELIVERY_LIMIT)
                : arguments(mode);
    }

    private static Map<String, Object> arguments(QueueMode mode) {
        return mode == QueueMode.QUORUM ? Map.of("x-queue-type", "quorum") : Map.of();
    }
}
