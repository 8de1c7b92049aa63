package dev.sluice.broker;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.broker.connection.BrokerErrorMapper;
import dev.sluice.config.RabbitMqConfig.QueueMode;
import dev.sluice.job.StageName;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The exchanges and queues of the wire contract, and our own. All are durable; those of the contract are declared with no
 * arguments at all unless the configuration says otherwise, because the broker refuses any difference to what the other
 * half of the system declares.
 */
public final class Topology {
    public static final String PROCESSING_EXCHANGE = "video.processing";
    public static final String UPDATES_EXCHANGE = "video.updates";

    public static final String DOWNLOAD_QUEUE = "video.processing.download";
    public static final String PROCESSING_QUEUE = "video.processing.processing";
    public static final String UPLOAD_QUEUE = "video.processing.upload";
    public static final String UPDATES_QUEUE = "video.processing.updates";
    public static final String REQUESTS_QUEUE = "video.processing.requests";

    /** Ours: the parts of long videos, reached through the default exchange. */
    public static final String SEGMENTS_QUEUE = "video.processing.segments";

    /** Ours: long videos whose parts are all there, reached likewise. */
    public static final String JOINS_QUEUE = "video.processing.joins";

    /** Ours: messages that nobody will try again, reached through the default exchange. */
    public static final String DEAD_LETTER_QUEUE = "video.processing.dead";

    /** The exchange that takes a message to the queue whose name is the routing key. */
    public static final String DEFAULT_EXCHANGE = "";

    public static final String DOWNLOAD_KEY = "download";
    public static final String PROCESSING_KEY = "processing";
    public static final String UPLOAD_KEY = "upload";
    public static final String UPDATE_KEY = "update";
    public static final String REQUEST_KEY = "request";

    /** Every queue that messages are processed from. */
    public static final List<String> INPUT_QUEUES = List.of(
            DOWNLOAD_QUEUE, PROCESSING_QUEUE, SEGMENTS_QUEUE, JOINS_QUEUE, UPLOAD_QUEUE, UPDATES_QUEUE, REQUESTS_QUEUE);

    private static final int DEAD_LETTER_DELIVERY_LIMIT = 1_000_000_000;

    static final List<String> EXCHANGES = List.of(PROCESSING_EXCHANGE, UPDATES_EXCHANGE);

    static final List<Binding> BINDINGS = List.of(
            new Binding(PROCESSING_EXCHANGE, DOWNLOAD_KEY, DOWNLOAD_QUEUE),
            new Binding(PROCESSING_EXCHANGE, PROCESSING_KEY, PROCESSING_QUEUE),
            new Binding(PROCESSING_EXCHANGE, UPLOAD_KEY, UPLOAD_QUEUE),
            new Binding(UPDATES_EXCHANGE, UPDATE_KEY, UPDATES_QUEUE),
            new Binding(PROCESSING_EXCHANGE, REQUEST_KEY, REQUESTS_QUEUE));

    /** Nobody's but ours: where the contract's are only looked for, these are made if they are missing. */
    static final List<String> INTERNAL_QUEUES = List.of(SEGMENTS_QUEUE, JOINS_QUEUE, DEAD_LETTER_QUEUE);

    /** Messages with this key go from the exchange to the queue. */
    record Binding(String exchange, String routingKey, String queue) {}

    private Topology() {}

    /** The queue from which a stage receives its messages. */
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
     * Makes what is missing, or (PASSIVE) only looks whether all is there. Blocks.
     *
     * @throws IOException if something exists with other properties or, when only looking, is missing; the channel is
     *     closed then
     */
    static void declare(Channel channel, QueueMode mode) throws IOException {
        for (String exchange : EXCHANGES) {
            declareExchange(channel, exchange, mode);
        }
        for (Binding binding : BINDINGS) {
            declareQueue(channel, binding.queue(), mode);
            if (mode != QueueMode.PASSIVE) {
                channel.queueBind(binding.queue(), binding.exchange(), binding.routingKey());
            }
        }
        for (String queue : INTERNAL_QUEUES) {
            declareInternalQueue(channel, queue, mode);
        }
    }

    static void declareExchange(Channel channel, String exchange, QueueMode mode) throws IOException {
        if (mode == QueueMode.PASSIVE) {
            channel.exchangeDeclarePassive(exchange);
        } else {
            channel.exchangeDeclare(exchange, BuiltinExchangeType.DIRECT, true);
        }
    }

    static void declareQueue(Channel channel, String queue, QueueMode mode) throws IOException {
        if (mode == QueueMode.PASSIVE) {
            channel.queueDeclarePassive(queue);
        } else {
            channel.queueDeclare(queue, true, false, false, arguments(mode));
        }
    }

    /** Makes a queue of ours if it is missing; where queues are only looked for, takes it as it is if it is there. */
    static void declareInternalQueue(Channel channel, String queue, QueueMode mode) throws IOException {
        if (mode == QueueMode.PASSIVE && exists(channel.getConnection(), queue)) {
            return;
        }
        channel.queueDeclare(
                queue, true, false, false, queue.equals(DEAD_LETTER_QUEUE) ? deadArguments(mode) : arguments(mode));
    }

    /** Asks over a channel of its own, because the broker closes it when the answer is no. */
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

    // A quorum queue counts how often a letter was put back, and newer brokers drop what was put back 20 times unless
    // told
    // otherwise; each look at the letters puts them back. Not -1 for "none": older brokers refuse that.
    private static Map<String, Object> deadArguments(QueueMode mode) {
        return mode == QueueMode.QUORUM
                ? Map.of("x-queue-type", "quorum", "x-delivery-limit", DEAD_LETTER_DELIVERY_LIMIT)
                : arguments(mode);
    }

    private static Map<String, Object> arguments(QueueMode mode) {
        return mode == QueueMode.QUORUM ? Map.of("x-queue-type", "quorum") : Map.of();
    }
}
