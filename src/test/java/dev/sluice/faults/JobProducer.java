package dev.sluice.faults;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An external producer: inserts the row, publishes the message, and retries until the broker has confirmed it. */
final class JobProducer implements AutoCloseable {
    private static final Duration RETRY_INTERVAL = Duration.ofMillis(500);
    /** At least five minutes. */
    private static final int MAX_ATTEMPTS = 600;

    private static final long CONFIRM_MILLIS = 5_000;
    static final AMQP.BasicProperties PERSISTENT =
            new AMQP.BasicProperties.Builder().deliveryMode(2).build();

    private final FaultServices services;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Optional<Channel> channel = Optional.empty();

    JobProducer(FaultServices services) {
        this.services = services;
    }

    /** Submits a job; returns when all its messages are confirmed. */
    void submit(SubmittedJob job) throws InterruptedException {
        retry(() -> services.postgres().database().execute(job.insert()));
        for (int copy = 0; copy < job.copies(); copy++) {
            send(ContractNames.DOWNLOAD, job.message().encode());
        }
    }

    /** Publishes a message directly to a queue; returns when it is confirmed. */
    synchronized void send(String queue, String body) throws InterruptedException {
        retry(() -> {
            Channel open = channel();
            open.basicPublish("", queue, PERSISTENT, body.getBytes(StandardCharsets.UTF_8));
            if (!open.waitForConfirms(CONFIRM_MILLIS)) {
                throw new IOException("message rejected by the broker");
            }
        });
    }

    private void retry(Step step) throws InterruptedException {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            try {
                step.take();
                return;
            } catch (IOException | TimeoutException | RuntimeException serviceUnavailable) {
                disconnect();
                if (closed.await(RETRY_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new InterruptedException("producer closed");
                }
            }
        }
        throw new IllegalStateException("service still unavailable after " + MAX_ATTEMPTS + " attempts");
    }

    private synchronized Channel channel() throws IOException, TimeoutException {
        if (channel.filter(Channel::isOpen).isEmpty()) {
            Channel fresh = services.connect().createChannel();
            ContractNames.assertTopology(fresh);
            fresh.confirmSelect();
            channel = Optional.of(fresh);
        }
        return channel.orElseThrow();
    }

    private synchronized void disconnect() {
        channel.map(Channel::getConnection).ifPresent(Connection::abort);
        channel = Optional.empty();
    }

    @Override
    public void close() {
        closed.countDown();
        disconnect();
    }

    /** An operation that fails while a service is unavailable. */
    private interface Step {
        void take() throws IOException, TimeoutException, InterruptedException;
    }
}
