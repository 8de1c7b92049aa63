package dev.sluice.common.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Creates the trust managers of TLS clients. */
public final class TrustManagers {
    private TrustManagers() {}

    /** Trusts only the authorities of the file; without a file those of this JVM, whose trust store is then read. */
    public static X509ExtendedTrustManager forCaFile(Optional<CaFile> caFile) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(caFile.isPresent() ? storeOf(caFile.get()) : (KeyStore) null);
            return Arrays.stream(factory.getTrustManagers())
                    .filter(X509ExtendedTrustManager.class::isInstance)
                    .map(X509ExtendedTrustManager.class::cast)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("this JVM has no X.509 trust manager"));
        } catch (GeneralSecurityException | IOException unusable) {
            throw new IllegalStateException("the trust store of this JVM cannot be used", unusable);
        }
    }

    private static KeyStore storeOf(CaFile caFile) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        char @Nullable [] noPassword = null;
        store.load(null, noPassword);
        for (int i = 0; i < caFile.certificates().size(); i++) {
            store.setCertificateEntry("ca-" + i, caFile.certificates().get(i));
        }
        return store;
    }
}
