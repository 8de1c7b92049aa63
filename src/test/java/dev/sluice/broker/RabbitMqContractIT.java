package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.RabbitMqConfig.QueueMode;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The contract, and what only RabbitMQ does. */
class RabbitMqContractIT extends BrokerContract<RabbitNode> {
    @Override
    RabbitNode startNode() {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        return RabbitNode.start();
    }

    @Test
    void leavesNoConnectionAtTheBroker() throws Exception {
        publisher();
        consumer(Topology.DOWNLOAD_QUEUE, 1, new Inbox());
        assertThat(node.connections())
                .hasSize(2)
                .anyMatch(client -> client.contains("publisher"))
                .anyMatch(client -> client.contains("consumer of video.processing.download"));

        stopClients();

        assertThat(node.connections()).isEmpty();
    }

    @Test
    void goesOnWhenAnAcknowledgementIsRefused() throws Exception {
        put(Topology.DOWNLOAD_QUEUE, "a");
        Inbox inbox = new Inbox();
        consumer(Topology.DOWNLOAD_QUEUE, 1, inbox);
        Delivery first = inbox.next();

        first.link().execute(channel -> channel.basicAck(99, false)).await(5, TimeUnit.SECONDS);

        Delivery again = inbox.next();
        assertThat(again.redelivered()).isTrue();
        assertThat(first.isStale()).isTrue();
    }

    @Test
    void comesBackWhenItsQueueIsDeletedUnderIt() throws Exception {
        Inbox inbox = new Inbox();
        consumer(Topology.REQUESTS_QUEUE, 1, inbox);

        try (Connection stranger = node.connect()) {
            stranger.createChannel().queueDelete(Topology.REQUESTS_QUEUE);
        }
        await().atMost(Duration.ofSeconds(10)).until(this::requestsAreConsumed);
        put(Topology.REQUESTS_QUEUE, "a");

        assertThat(inbox.next().body().toString()).isEqualTo("a");
    }

    private boolean requestsAreConsumed() throws Exception {
        try (Connection stranger = node.connect();
                Channel channel = stranger.createChannel()) {
            return channel.consumerCount(Topology.REQUESTS_QUEUE) == 1;
        } catch (IOException missing) {
            return false;
        }
    }

    @Test
    void refusesToPublishDuringAMemoryAlarmAndRecovers() throws Exception {
        put(Topology.UPLOAD_QUEUE, "a", "b");
        ConfirmedPublisher publisher = publisher();
        Inbox inbox = new Inbox();
        consumer(Topology.UPLOAD_QUEUE, 1, inbox);
        Delivery first = inbox.next();
        node.ctl("set_vm_memory_high_watermark", "0.0001");

        await().atMost(Duration.ofSeconds(10)).until(() -> !publishes(publisher, "in the alarm"));
        first.ack().await(5, TimeUnit.SECONDS);

        assertThat(inbox.next().body().toString()).isEqualTo("b");
        assertThatThrownBy(() -> publisher.publish(download("still")).await(5, TimeUnit.SECONDS))
                .isInstanceOf(BrokerException.class);
        node.ctl("set_vm_memory_high_watermark", "0.4");
        await().atMost(Duration.ofSeconds(20)).until(() -> publishes(publisher, "after the alarm"));
    }

    @Test
    void doesNotWaitForAFrozenBroker() throws Exception {
        put(Topology.UPLOAD_QUEUE, "a");
        ConfirmedPublisher publisher = publisher();
        Inbox inbox = new Inbox();
        consumer(Topology.UPLOAD_QUEUE, 1, inbox);
        Delivery first = inbox.next();
        node.freeze();

        Future<Void> unanswered = publisher.publish(download("unanswered"));

        assertThatThrownBy(() -> unanswered.await(10, TimeUnit.SECONDS)).isInstanceOf(BrokerException.class);
        await().atMost(Duration.ofSeconds(20)).until(first::isStale);
        node.thaw();
        assertThat(inbox.next().redelivered()).isTrue();
        await().atMost(Duration.ofSeconds(20)).until(() -> publishes(publisher, "after"));
    }

    @Test
    void stopsWhileTheBrokerIsFrozen() throws Exception {
        put(Topology.UPLOAD_QUEUE, "a");
        Inbox inbox = new Inbox();
        SupervisedConsumer consumer = consumer(Topology.UPLOAD_QUEUE, 1, inbox);
        ConfirmedPublisher publisher = publisher();
        inbox.next();
        node.freeze();

        try {
            Future.all(consumer.stop(), publisher.stop()).await(8, TimeUnit.SECONDS);
        } finally {
            node.thaw();
        }

        await().atMost(Duration.ofSeconds(10)).until(() -> node.connections().isEmpty());
    }

    @Test
    void declaresQuorumQueuesAndOnlyLooksWhenToldSo() throws Exception {
        node.ctl("add_vhost", "own");
        node.ctl("set_permissions", "-p", "own", node.user(), ".*", ".*", ".*");
        RabbitMqConfig quorum = inVirtualHost("own", QueueMode.QUORUM);
        RabbitMqConfig passive = inVirtualHost("own", QueueMode.PASSIVE);
        assertThatThrownBy(() -> CheckedBroker.check(vertx, passive).await(10, TimeUnit.SECONDS))
                .hasMessageContaining("video.updates")
                .hasMessageContaining("video.processing.upload");

        CheckedBroker.check(vertx, quorum).await(10, TimeUnit.SECONDS);
        assertThat(node.ctl("list_queues", "-p", "own", "name", "--no-table-headers"))
                .isEmpty();
        for (RabbitMqConfig config : new RabbitMqConfig[] {quorum, passive}) {
            ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, config);
            publisher.start();
            publisher.whenConnected().await(20, TimeUnit.SECONDS);
            publisher.stop().await(10, TimeUnit.SECONDS);
        }

        assertThat(node.ctl("list_queues", "-p", "own", "type", "--no-table-headers")
                        .lines())
                .hasSize(8)
                .containsOnly("quorum");
        assertThatThrownBy(() -> CheckedBroker.check(vertx, inVirtualHost("own", QueueMode.CLASSIC))
                        .await(10, TimeUnit.SECONDS))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("x-queue-type")
                .hasMessageContaining("video.processing.download");
    }

    @Test
    void namesAVirtualHostThatIsNotThere() {
        Future<Void> check = CheckedBroker.check(vertx, inVirtualHost("no-such-host", QueueMode.CLASSIC));

        assertThatThrownBy(() -> check.await(10, TimeUnit.SECONDS)).hasMessageContaining("'no-such-host'");
    }

    @Test
    void checkReportsMissingPermissionsAndChangesNothing() throws Exception {
        node.ctl("add_vhost", "limited");
        node.ctl("add_user", "limited", node.password().reveal());
        node.ctl("set_permissions", "-p", "limited", node.user(), ".*", ".*", ".*");
        node.ctl("set_permissions", "-p", "limited", "limited", "^$", "^$", "^$");
        RabbitMqConfig full = inVirtualHost("limited", QueueMode.CLASSIC);
        RabbitMqConfig limited = new RabbitMqConfig(
                full.uri(),
                "limited",
                full.password(),
                full.caFile(),
                full.heartbeat(),
                full.connectTimeout(),
                full.confirmTimeout(),
                full.queueMode(),
                full.prefix());

        List<String> ofMissing = problems(limited);
        List<String> withAllPermissions = problems(full);
        String queues = node.ctl("list_queues", "-p", "limited", "name", "--no-table-headers");
        publish(full);
        List<String> ofExisting = problems(limited);
        node.ctl("set_permissions", "-p", "limited", "limited", ".*", ".*", "^$");
        List<String> withoutRead = problems(limited);
        List<String> withAllOnExisting = problems(full);

        assertThat(ofMissing)
                .hasSize(Topology.EXCHANGES.size()
                        + Topology.BINDINGS.size()
                        + Topology.INTERNAL_QUEUES.size()
                        + List.of(Topology.DEFAULT_EXCHANGE).size())
                .allMatch(problem -> problem.contains("the user 'limited' lacks a permission: 403"));
        assertThat(ofExisting).containsAll(ofMissing);
        assertThat(withoutRead)
                .anyMatch(problem -> problem.contains("queue 'video.processing.download'"))
                .anyMatch(problem -> problem.contains("exchange 'video.processing'"))
                .noneMatch(problem -> problem.contains("queue 'video.processing.dead'"));
        assertThat(withAllPermissions).isEmpty();
        assertThat(withAllOnExisting).isEmpty();
        assertThat(queues).isEmpty();
        try (Connection connection = connect(full);
                Channel channel = connection.createChannel()) {
            assertThat(channel.basicGet(Topology.DOWNLOAD_QUEUE, true))
                    .returns(false, message -> message.getEnvelope().isRedeliver());
            assertThat(channel.messageCount(Topology.DOWNLOAD_QUEUE)).isZero();
        }
        SupervisedConsumer refused = new SupervisedConsumer(vertx, limited, Topology.DOWNLOAD_QUEUE, 1, delivery -> {});
        refused.start();
        assertThatThrownBy(() -> refused.whenConsuming().await(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        BrokerException.class,
                        cause -> assertThat(cause.isPermanent()).isTrue());
        refused.stop().await(10, TimeUnit.SECONDS);
        node.ctl("set_permissions", "-p", "limited", "limited", "^$", ".*", ".*");
        publishWithoutDeclaring(limited);
    }

    /** As send-test-job does. */
    private void publishWithoutDeclaring(RabbitMqConfig config) throws Exception {
        TopologyDeclaration.declarePermitted(vertx, config).await(20, TimeUnit.SECONDS);
        UpdateSubscription updates = UpdateSubscription.open(
                        vertx, config, UpdateSubscription.Source.SHARED_QUEUE, update -> false, false)
                .await(20, TimeUnit.SECONDS);
        ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, config, false);
        publisher.start();
        publisher.whenConnected().await(20, TimeUnit.SECONDS);
        publisher.publish(download("b")).await(10, TimeUnit.SECONDS);
        Future.all(publisher.stop(), updates.close()).await(10, TimeUnit.SECONDS);
    }

    private List<String> problems(RabbitMqConfig config) throws Exception {
        return BrokerCheck.check(vertx, config, Topology.INPUT_QUEUES).await(30, TimeUnit.SECONDS);
    }

    private void publish(RabbitMqConfig config) throws Exception {
        ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, config);
        publisher.start();
        publisher.whenConnected().await(20, TimeUnit.SECONDS);
        publisher.publish(download("a")).await(10, TimeUnit.SECONDS);
        publisher.stop().await(10, TimeUnit.SECONDS);
    }

    private static Connection connect(RabbitMqConfig config) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(config.uri());
        factory.setUsername(config.user());
        factory.setPassword(config.password().reveal());
        return factory.newConnection();
    }

    private RabbitMqConfig inVirtualHost(String name, QueueMode queues) {
        RabbitMqConfig config = node.config(queues);
        return new RabbitMqConfig(
                config.uri() + "/" + name,
                config.user(),
                config.password(),
                config.caFile(),
                config.heartbeat(),
                config.connectTimeout(),
                config.confirmTimeout(),
                queues,
                config.prefix());
    }
}
