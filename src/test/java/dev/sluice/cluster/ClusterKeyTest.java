package dev.sluice.cluster;

import static dev.sluice.endtoend.PipelineFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.value.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.junit5.VertxExtension;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ClusterKeyTest {
    private static final ClusterKey KEY = new ClusterKey(new Secret("a secret of a cluster of 32 characters"));
    private static final ClusterKey OTHER = new ClusterKey(new Secret("a secret of a cluster of 32 character!"));

    /** First test vector of RFC 8032, section 7.1: the key must not depend on the version of Java. */
    @Test
    void derivesKeyPairFromSeedAsInRfc8032() throws Exception {
        KeyPair pair = ClusterKey.keyPair(
                HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));

        assertThat(HexFormat.of().formatHex(pair.getPublic().getEncoded()))
                .endsWith("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    @Test
    void certificateIsValidAndAlwaysTheSame() throws Exception {
        KeyPair pair = ClusterKey.keyPair(new byte[32]);

        X509Certificate certificate = ClusterCertificate.of(pair);

        certificate.verify(pair.getPublic());
        certificate.checkValidity();
        assertThat(ClusterCertificate.of(ClusterKey.keyPair(new byte[32]))).isEqualTo(certificate);
    }

    @Test
    void provesOneMemberWithOneSecret() {
        String proof = KEY.proof("node", "10.0.0.1", 5701);

        assertThat(KEY.isProof(proof, "node", "10.0.0.1", 5701)).isTrue();
        assertThat(OTHER.isProof(proof, "node", "10.0.0.1", 5701)).isFalse();
        assertThat(KEY.isProof(proof, "node", "10.0.0.2", 5701)).isFalse();
        assertThat(KEY.isProof(proof, "node", "10.0.0.1", 5702)).isFalse();
        assertThat(KEY.isProof(proof, "node2", "10.0.0.1", 5701)).isFalse();
    }

    @Test
    void connectsWithSameSecretOnly(Vertx vertx) throws Exception {
        NetServer server = get(vertx.createNetServer(new NetServerOptions(secured(KEY)))
                .connectHandler(socket -> socket.end())
                .listen(0, "127.0.0.1"));

        assertThat(get(vertx.createNetClient(client(KEY)).connect(server.actualPort(), "127.0.0.1"))
                        .isSsl())
                .isTrue();
        assertThatThrownBy(() -> get(vertx.createNetClient(client(OTHER)).connect(server.actualPort(), "127.0.0.1")))
                .isInstanceOf(SSLException.class);
    }

    /** As the event bus of Vert.x makes its client. */
    private static NetClientOptions client(ClusterKey key) {
        return new NetClientOptions(secured(key)).setHostnameVerificationAlgorithm("");
    }

    private static io.vertx.core.json.JsonObject secured(ClusterKey key) {
        EventBusOptions options = new EventBusOptions();
        key.secure(options);
        return options.toJson();
    }
}
