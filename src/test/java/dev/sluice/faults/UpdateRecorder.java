package dev.sluice.faults;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Records every update; reconnects whenever the broker is unavailable. */
final class UpdateRecorder implements AutoCloseable {
    private static final Duration RETRY_INTERVAL = Duration.ofMillis(500);

    private final FaultServices services;
    private final String queue;
    private final List<RecordedUpdate> seen = new ArrayList<>();
    private final Set<String> ended = new HashSet<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread reader = new Thread(this::read, "update-recorder");

    /** @param queue declared as durable and bound before the constructor returns */
    UpdateRecorder(FaultServices services, String queue) throws IOException, TimeoutException {
        this.services = services;
        this.queue = queue;
        Connection connection = services.connect();
        try {
            declare(connection.createChannel());
        } finally {
            connection.abort();
        }
        reader.start();
    }

    private void read() {
        try {
            do {
                readUntilDisconnected();
            } while (!closed.await(RETRY_INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void readUntilDisconnected() throws InterruptedException {
        try {
            Connection connection = services.connect();
            try {
                CountDownLatch gone = new CountDownLatch(1);
                connection.addShutdownListener(end -> gone.countDown());
                Channel channel = connection.createChannel();
                declare(channel);
                channel.basicConsume(queue, false, new Reader(channel));
                boolean over = false;
                while (!over && closed.getCount() > 0) {
                    over = gone.await(RETRY_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                }
            } finally {
                connection.abort();
            }
        } catch (IOException | TimeoutException | RuntimeException brokerUnavailable) {
            // Repeated as long as the run lasts.
            return;
        }
    }

    private void declare(Channel channel) throws IOException {
        ContractNames.assertTopology(channel);
        ContractNames.bindToUpdates(channel, queue);
    }

    private synchronized void keep(RecordedUpdate update) {
        seen.add(update);
        if (update.isEnd()) {
            ended.add(update.job());
        }
        notifyAll();
    }

    /** Waits until the job has ended; returns false on timeout. */
    synchronized boolean awaitEnd(String job, Duration limit) throws InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        long left = limit.toMillis();
        while (!ended.contains(job) && left > 0) {
            wait(left);
            left = (until - System.nanoTime()) / 1_000_000;
        }
        return ended.contains(job);
    }

    /** Waits until at least this number of jobs have ended; returns false on timeout. */
    synchronized boolean awaitEnded(int jobs, Duration limit) throws InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        long left = limit.toMillis();
        while (ended.size() < jobs && left > 0) {
            wait(left);
            left = (until - System.nanoTime()) / 1_000_000;
        }
        return ended.size() >= jobs;
    }

    synchronized boolean hasEnded(String job) {
        return ended.contains(job);
    }

    /** All updates, in the order of receipt. */
    synchronized List<RecordedUpdate> updates() {
        return List.copyOf(seen);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            reader.join(10_000);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
        }
    }

    /** Acknowledges an update after recording it: a broker that fails in between redelivers it. */
    private final class Reader extends DefaultConsumer {
        Reader(Channel channel) {
            super(channel);
        }

        @Override
        public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                throws IOException {
            keep(new RecordedUpdate(
                    properties.getMessageId(), envelope.isRedeliver(), new JsonObject(Buffer.buffer(body))));
            getChannel().basicAck(envelope.getDeliveryTag(), false);
        }
    }
}
