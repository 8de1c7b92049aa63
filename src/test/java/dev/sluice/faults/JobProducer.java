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

/** A foreign producer: writes the user's row, sends the message, and tries again until the broker has confirmed it. */
final class JobProducer implements AutoCloseable {
    private static final Duration BEFORE_AGAIN = Duration.ofMillis(500);
    /** Five minutes and more. */
    private static final int LONGEST_TRIES = 600;

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
        untilDone(() -> services.postgres().database().execute(job.insert()));
        for (int copy = 0; copy < job.copies(); copy++) {
            send(ContractNames.DOWNLOAD, job.message().encode());
        }
    }

    /** Sends a message straight to a queue; returns when it is confirmed. */
    synchronized void send(String queue, String body) throws InterruptedException {
        untilDone(() -> {
            Channel open = channel();
            open.basicPublish("", queue, PERSISTENT, body.getBytes(StandardCharsets.UTF_8));
            if (!open.waitForConfirms(CONFIRM_MILLIS)) {
                throw new IOException("the broker refused the message");
            }
        });
    }

    private void untilDone(Step step) throws InterruptedException {
        for (int again = 0; again < LONGEST_TRIES; again++) {
            try {
                step.take();
                return;
            } catch (IOException | TimeoutException | RuntimeException serviceIsAway) {
                disconnect();
                if (closed.await(BEFORE_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new InterruptedException("the feeder is closed");
                }
            }
        }
        throw new IllegalStateException("a service does not come back");
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

    /** Something that a service which is away makes fail. */
    private interface Step {
        void take() throws IOException, TimeoutException, InterruptedException;
    }
}
