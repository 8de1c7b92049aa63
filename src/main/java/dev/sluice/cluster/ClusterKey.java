package dev.sluice.cluster;

import dev.sluice.config.value.Secret;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PfxOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.NamedParameterSpec;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys of a cluster, derived from its secret, so that the same secret gives the same keys in every process. The members share
 * one key pair and certificate, and trust no other: a connection of the event bus is TLS 1.3 with this certificate on both
 * sides. Vert.x takes the keys of the event bus from key stores only, so that a trust manager of Sluice cannot be used.
 */
final class ClusterKey {
    private static final String HMAC = "HmacSHA256";
    /** The stores are kept in memory. */
    private static final String STORE_PASSWORD = "in-memory";

    private final Secret secret;

    ClusterKey(Secret secret) {
        this.secret = secret;
    }

    /** Encrypts the event bus, and requires the certificate of the cluster in both directions. */
    void secure(EventBusOptions options) {
        try {
            KeyPair pair = keyPair(hmac("event bus"));
            X509Certificate certificate = ClusterCertificate.of(pair);
            KeyStore keys = emptyStore();
            keys.setKeyEntry(
                    "member", pair.getPrivate(), STORE_PASSWORD.toCharArray(), new Certificate[] {certificate});
            KeyStore trusted = emptyStore();
            trusted.setCertificateEntry("member", certificate);
            options.setSsl(true)
                    .setKeyCertOptions(store(keys))
                    .setTrustOptions(store(trusted))
                    .setTrustAll(false)
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                    .setClientAuth(ClientAuth.REQUIRED);
        } catch (GeneralSecurityException | IOException cause) {
            throw new IllegalStateException("this JVM cannot create the key of the cluster: " + cause, cause);
        }
    }

    /** A value that only a process with the secret can compute for this member. */
    String proof(String nodeId, String host, int port) {
        return HexFormat.of().formatHex(hmac("member\n" + nodeId + "\n" + host + "\n" + port));
    }

    boolean isProof(String proof, String nodeId, String host, int port) {
        return MessageDigest.isEqual(
                proof.getBytes(StandardCharsets.UTF_8),
                proof(nodeId, host, port).getBytes(StandardCharsets.UTF_8));
    }

    /** The key pair whose private key is {@code seed} (RFC 8032); the generator has no other input. */
    static KeyPair keyPair(byte[] seed) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new FixedBytes(seed));
        return generator.generateKeyPair();
    }

    private byte[] hmac(String purpose) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), HMAC));
            return mac.doFinal(("sluice cluster 1\n" + purpose).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException cause) {
            throw new IllegalStateException(HMAC + " is part of every JVM", cause);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static PfxOptions store(KeyStore store) throws GeneralSecurityException, IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, STORE_PASSWORD.toCharArray());
        return new PfxOptions().setPassword(STORE_PASSWORD).setValue(Buffer.buffer(bytes.toByteArray()));
    }

    /** Gives the same bytes to a key generator on every call. */
    private static final class FixedBytes extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final byte[] fixed;

        FixedBytes(byte[] fixed) {
            this.fixed = fixed.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != fixed.length) {
                throw new IllegalStateException("a key of " + bytes.length + " bytes was requested");
            }
            System.arraycopy(fixed, 0, bytes, 0, bytes.length);
        }
    }
}
