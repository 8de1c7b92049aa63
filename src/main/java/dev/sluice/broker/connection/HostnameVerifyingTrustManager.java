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
 * Believes a broker whose certificate comes from a trusted authority and is made out to the host that was asked for. The
 * Vert.x client does not hand the check of the name on to the AMQP client's socket, so it is asked for here, where the
 * certificate is looked at (docs/decisions/070).
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
            throw new CertificateException("There is no host name to compare the certificate with.");
        }
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        trust().checkServerTrusted(chain, authType, tls);
    }

    /** Made when it is first needed, on the thread that connects: an event loop must not read the JVM's trust store. */
    private synchronized X509ExtendedTrustManager trust() {
        X509ExtendedTrustManager known = trust;
        if (known == null) {
            known = TrustManagers.forCaFile(caFile);
            trust = known;
        }
        return known;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw nobodyAsksThis();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw nobodyAsksThis();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw nobodyAsksThis();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw nobodyAsksThis();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw nobodyAsksThis();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private static CertificateException nobodyAsksThis() {
        return new CertificateException("Only a broker's certificate, over its socket, is checked here.");
    }
}
