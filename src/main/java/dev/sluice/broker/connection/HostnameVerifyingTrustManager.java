package dev.sluice.broker.connection;

import dev.sluice.common.tls.CaFile;
import dev.sluice.common.tls.TrustManagers;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Accepts a broker certificate only if a trusted authority issued it for the requested host. The Vert.x client does not
 * pass host name verification on to the socket of the AMQP client, so it is enabled here, where the certificate is
 * checked (docs/decisions/070).
 */
final class HostnameVerifyingTrustManager extends X509ExtendedTrustManager {
    private final Optional<CaFile> caFile;
    private @Nullable X509ExtendedTrustManager trust;

    HostnameVerifyingTrustManager(Optional<CaFile> caFile) {
        this.caFile = caFile;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        if (!(socket instanceof SSLSocket tls)) {
            throw new CertificateException("No host name available for certificate verification.");
        }
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        trust().checkServerTrusted(chain, authType, tls);
    }

    /**
     * Creates the trust manager on first use, on the connecting thread: an event loop must not read the JVM's trust
     * store.
     */
    private synchronized X509ExtendedTrustManager trust() {
        X509ExtendedTrustManager created = trust;
        if (created == null) {
            created = TrustManagers.forCaFile(caFile);
            trust = created;
        }
        return created;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw unsupported();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw unsupported();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw unsupported();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw unsupported();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw unsupported();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private static CertificateException unsupported() {
        return new CertificateException("Only broker certificates on an SSL socket are supported.");
    }
}
