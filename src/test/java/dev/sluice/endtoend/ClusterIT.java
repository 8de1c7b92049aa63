package dev.sluice.endtoend;

import static dev.sluice.endtoend.BackendSimulator.awaitThat;
import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.ServicesExtension;
import dev.sluice.app.ClusterSecret;
import dev.sluice.app.Pipeline;
import dev.sluice.app.Sluice;
import dev.sluice.broker.ChildProcess;
import dev.sluice.cluster.EventBusCluster;
import dev.sluice.config.SluiceConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** Several hosts with a clustered event bus: this one, which processes, and others, which only publish. */
@ExtendWith(ServicesExtension.class)
@Timeout(240)
class ClusterIT {
    private static final String WORKING = "processing_video";
    private static final String SECRET = "secret of this test, 32 characters and more";
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.sluice.cluster");

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final List<Member> members = new ArrayList<>();
    private PipelineFixture pipeline;

    private record Member(Vertx vertx, Sluice sluice, int port) {
        int size() {
            return ((VertxInternal) vertx).clusterManager().getNodes().size();
        }
    }

    @BeforeEach
    void start(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/clip.mp4", pipeline.clip(30));
        lines.start();
        LOG.addAppender(lines);
    }

    @AfterEach
    void stop() throws Exception {
        LOG.detachAppender(lines);
        for (Member member : members) {
            get(member.sluice().stop());
            get(member.vertx().close());
        }
    }

    /** Progress updates are only sent over the event bus. Neither host has a list of members, a secret or an address. */
    @Test
    void publishesProgressEncryptedThroughOtherHostWhenPublisherIsDown() throws Exception {
        JsonObject cluster = cluster();
        int publicPort = ChildProcess.freePort();
        RecordingProxy link =
                RecordingProxy.start(pipeline.vertx(), "127.0.0.1", publicPort, cluster.getInteger("port"));
        cluster.remove("enabled");
        ChildProcess other =
                pipeline.process(onlyPublishing(cluster.put("publicPort", publicPort)), List.of("-cluster"));
        try {
            Member host = member(processing(cluster()));
            awaitThat(() -> host.size() == 2);
            get(host.sluice().undeploy(Pipeline.PUBLISHER));

            pipeline.backend().send(job("far-away-job", "uploads/clip.mp4"));

            awaitThat(() -> progressUpdates("far-away-job") > 0);
            pipeline.backend().awaitEnd("far-away-job");
            assertThat(pipeline.backend().completions("far-away-job")).isEqualTo(1);
            assertThat(link.recorded()).isNotEmpty().doesNotContain("sluice.progress", "far-away-job");
            assertThat(Files.readString(other.output())).contains("cluster.secret is not set");
        } finally {
            other.kill();
        }
    }

    @Test
    void continuesProgressThroughThirdHostWhenPublishingHostIsKilled() throws Exception {
        ChildProcess publishing = pipeline.process(onlyPublishing(cluster().put("secret", SECRET)));
        member(onlyPublishing(cluster().put("secret", SECRET)));
        Member host = member(processing(cluster().put("secret", SECRET)));
        awaitThat(() -> host.size() == 3);
        get(host.sluice().undeploy(Pipeline.PUBLISHER));
        pipeline.upload("uploads/long.mp4", pipeline.clip(60));
        pipeline.backend().send(job("near", "uploads/long.mp4"));
        awaitThat(() -> progressUpdates("near") > 0);

        publishing.kill();
        long before = progressUpdates("near");

        awaitThat(() -> progressUpdates("near") > before);
        pipeline.backend().awaitEnd("near");
        assertThat(pipeline.backend().completions("near")).isEqualTo(1);
        awaitThat(() -> host.size() == 2);
    }

    /** Three hosts with addresses of their own, which only know the database. */
    @Test
    void formsAcrossNetworksAndAgainAfterSplit() throws Exception {
        Assumptions.assumeTrue(NetworkNamespaces.areAvailable(), "network namespaces need root and the command ip");
        try (NetworkNamespaces hosts = NetworkNamespaces.create(3)) {
            JsonObject settings = relayed(hosts.gateway());
            List<ChildProcess> processes = new ArrayList<>();
            try {
                for (int host = 0; host < 3; host++) {
                    processes.add(pipeline.launch(hosts.enter(host), settings, List.of("-cluster")));
                }

                awaitThat(() -> joined(processes.get(0), hosts.address(1)) > 0
                        && joined(processes.get(0), hosts.address(2)) > 0
                        && joined(processes.get(2), hosts.address(1)) > 0);
                long left = left(processes.get(0), hosts.address(2));
                hosts.disconnect(2);
                awaitThat(() -> left(processes.get(0), hosts.address(2)) > left);
                long joined = joined(processes.get(0), hosts.address(2));
                hosts.connect(2);
                awaitThat(() -> joined(processes.get(0), hosts.address(2)) > joined);
            } finally {
                processes.forEach(ChildProcess::kill);
            }
        }
    }

    private static long joined(ChildProcess process, String address) throws IOException {
        return events(process, "joined", address);
    }

    private static long left(ChildProcess process, String address) throws IOException {
        return events(process, "left", address);
    }

    private static long events(ChildProcess process, String event, String address) throws IOException {
        String line = "host " + event + " the cluster member=\"" + address + ":5701\"";
        return Files.readAllLines(process.output()).stream()
                .filter(logged -> logged.contains(line))
                .count();
    }

    /** Settings of a host that reaches the services at this address only. */
    private JsonObject relayed(String gateway) throws Exception {
        JsonObject services = new JsonObject();
        JsonObject all = pipeline.settings(onlyPublishing(new JsonObject()));
        for (String[] key : new String[][] {{"rabbitmq", "uri"}, {"postgres", "uri"}, {"s3", "endpoint"}}) {
            URI service = URI.create(all.getJsonObject(key[0]).getString(key[1]));
            var unused = RecordingProxy.start(pipeline.vertx(), gateway, service.getPort(), service.getPort());
            services.put(key[0], new JsonObject().put(key[1], service.toString().replace("127.0.0.1", gateway)));
        }
        return onlyPublishing(new JsonObject()).mergeIn(services, true);
    }

    @Test
    void refusesAndNamesMemberWithoutSecretAndReportsMemberThatIsNotReachable() throws Exception {
        Member host = member(onlyPublishing(cluster().put("secret", SECRET)));
        Member stranger = member(onlyPublishing(cluster().put("secret", SECRET + "!")));
        int closed = ChildProcess.freePort();
        Member unreachable =
                member(onlyPublishing(cluster().put("secret", SECRET).put("publicPort", closed)));

        awaitThat(() -> host.size() == 2 && unreachable.size() == 2);
        awaitThat(() -> logged("member refused: it has another cluster.secret", stranger.port())
                && logged("member refused: it has another cluster.secret", host.port())
                && logged("member not reachable over the event bus", closed));
        assertThat(stranger.size()).isEqualTo(1);
    }

    @Test
    void refusesConnectionWithoutCertificate() throws Exception {
        Member host = member(onlyPublishing(cluster().put("secret", SECRET)));
        NetClientOptions anyone =
                new NetClientOptions().setSsl(true).setTrustAll(true).setHostnameVerificationAlgorithm("");

        // With TLS 1.3 the client has finished the handshake before the server asks for its certificate.
        Future<Void> refused = pipeline.vertx()
                .createNetClient(anyone)
                .connect(host.port(), "127.0.0.1")
                .transform(socket -> socket.succeeded() ? whenClosed(socket.result()) : Future.succeededFuture());

        get(refused);
    }

    private static Future<Void> whenClosed(NetSocket socket) {
        return Future.future(closed -> socket.closeHandler(closed::complete));
    }

    private boolean logged(String message, int port) {
        return List.copyOf(lines.list).stream()
                .anyMatch(line -> line.getMessage().equals(message)
                        && line.getKeyValuePairs().stream()
                                .map(pair -> String.valueOf(pair.value))
                                .collect(Collectors.joining())
                                .contains("127.0.0.1:" + port));
    }

    private Member member(JsonObject settings) throws Exception {
        SluiceConfig config = pipeline.config(settings);
        Vertx vertx = get(EventBusCluster.of(config.cluster(), config.postgres(), ClusterSecret.of(config))
                .vertxBuilder(new VertxOptions())
                .buildClustered());
        Member member = new Member(
                vertx, get(Sluice.start(vertx, config)), config.cluster().port());
        members.add(member);
        return member;
    }

    private long progressUpdates(String job) {
        return pipeline.backend().updates(job).stream()
                .filter(update -> update.getString("current_step").equals(WORKING))
                .map(update -> update.getInteger("progress"))
                .distinct()
                .skip(1)
                .count();
    }

    private static JsonObject cluster() {
        return new JsonObject().put("enabled", true).put("port", ChildProcess.freePort());
    }

    private static JsonObject processing(JsonObject cluster) {
        return new JsonObject().put("cluster", cluster).put("media", new JsonObject().put("preset", "slow"));
    }

    private static JsonObject onlyPublishing(JsonObject cluster) {
        JsonObject none = new JsonObject().put("instances", 0);
        JsonObject stages = new JsonObject();
        new JsonArray(List.of("download", "processing", "segment", "join", "upload"))
                .forEach(stage -> stages.put((String) stage, none));
        return new JsonObject().put("cluster", cluster).put("stages", stages);
    }
}
