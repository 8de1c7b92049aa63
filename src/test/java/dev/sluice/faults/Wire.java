package dev.sluice.faults;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The names of the contract, as the other half of the system knows them. */
final class Wire {
    static final String DOWNLOAD = "video.processing.download";
    static final String UPDATES = "video.processing.updates";
    static final String DEAD = "video.processing.dead";
    /** What has to be empty when all jobs have ended. */
    static final List<String> STAGES = List.of(
            DOWNLOAD,
            "video.processing.processing",
            "video.processing.upload",
            "video.processing.segments",
            "video.processing.joins");

    private static final Map<String, String> QUEUES_BY_KEY =
            Map.of("download", STAGES.get(0), "processing", STAGES.get(1), "upload", STAGES.get(2));

    private Wire() {}

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
        channel.queueDeclare(UPDATES, true, false, false, null);
        channel.queueBind(UPDATES, "video.updates", "update");
    }
}
