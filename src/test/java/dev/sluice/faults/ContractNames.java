package dev.sluice.faults;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Names of the contract, as the backend knows them. */
final class ContractNames {
    static final String DOWNLOAD = "video.processing.download";
    static final String UPDATES = "video.processing.updates";
    /** Not part of the contract: a queue with a copy of every update. */
    static final String COPIES = "faults.updates";

    static final String DEAD = "video.processing.dead";
    static final List<String> STAGES = List.of(
            DOWNLOAD,
            "video.processing.processing",
            "video.processing.upload",
            "video.processing.segments",
            "video.processing.joins");

    private static final Map<String, String> QUEUES_BY_KEY =
            Map.of("download", STAGES.get(0), "processing", STAGES.get(1), "upload", STAGES.get(2));

    private ContractNames() {}

    /** Declares a queue that receives every update from now on. */
    static void bindToUpdates(Channel channel, String queue) throws IOException {
        channel.queueDeclare(queue, true, false, false, null);
        channel.queueBind(queue, "video.updates", "update");
    }

    static String queue(String stage) {
        return "video.processing." + stage;
    }

    static void assertTopology(Channel channel) throws IOException {
        channel.exchangeDeclare("video.processing", BuiltinExchangeType.DIRECT, true);
        channel.exchangeDeclare("video.updates", BuiltinExchangeType.DIRECT, true);
        for (Map.Entry<String, String> queue : QUEUES_BY_KEY.entrySet()) {
            channel.queueDeclare(queue.getValue(), true, false, false, null);
            channel.queueBind(queue.getValue(), "video.processing", queue.getKey());
        }
        bindToUpdates(channel, UPDATES);
    }
}
