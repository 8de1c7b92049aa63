package dev.sluice.common.tls;

import dev.sluice.common.text.TextSanitizer;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Explains TLS failures of clients to the operator. */
public final class TlsErrorMapper {
    private static final int MAX_QUOTE = 200;

    private TlsErrorMapper() {}

    /**
     * The reason without a final full stop; empty if {@code failure} is not about TLS.
     *
     * @param key the setting of the CA file, such as {@code rabbitmq.caFile}
     * @param caFile value of that setting
     */
    public static Optional<String> reason(Throwable failure, String key, Optional<CaFile> caFile) {
        List<Throwable> chain = chain(failure);
        if (has(chain, CertificateExpiredException.class)) {
            return Optional.of("its certificate, or that of its authority, has expired");
        }
        if (has(chain, CertificateNotYetValidException.class)) {
            return Optional.of("its certificate is not valid yet; check the clocks");
        }
        Optional<String> name = chain.stream()
                .map(TlsErrorMapper::text)
                .filter(TlsErrorMapper::isHostNameMismatch)
                .findFirst();
        if (name.isPresent()) {
            return Optional.of("its certificate does not match the host name" + quoted(name.get()));
        }
        if (has(chain, CertPathBuilderException.class) || has(chain, CertPathValidatorException.class)) {
            return Optional.of(
                    caFile.isPresent()
                            ? "its certificate was issued by none of the authorities in " + key + " ("
                                    + caFile.get().path() + ")"
                            : "its certificate was issued by no authority that this JVM trusts; set " + key
                                    + " to the CA file of the service");
        }
        return chain.stream()
                .filter(SSLException.class::isInstance)
                .map(TlsErrorMapper::text)
                .findFirst()
                .map(text -> text.contains("Unsupported or unrecognized SSL message") || text.contains("not an SSL/TLS")
                        ? "the port does not use TLS"
                        : "TLS failed" + quoted(text));
    }

    /** Whether the server was reached but its certificate was rejected. */
    public static boolean isCertificateRejected(Throwable failure) {
        List<Throwable> chain = chain(failure);
        return has(chain, CertificateException.class)
                || has(chain, CertPathBuilderException.class)
                || has(chain, CertPathValidatorException.class)
                || chain.stream().map(TlsErrorMapper::text).anyMatch(TlsErrorMapper::isHostNameMismatch);
    }

    private static boolean isHostNameMismatch(String text) {
        return text.contains("No subject alternative")
                || text.contains("No name matching")
                || text.contains("could not be verified by hostnameverifier");
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (@Nullable Throwable at = failure; at != null && !chain.contains(at); at = at.getCause()) {
            chain.add(at);
        }
        return chain;
    }

    private static boolean has(List<Throwable> chain, Class<? extends Throwable> type) {
        return chain.stream().anyMatch(type::isInstance);
    }

    private static String text(Throwable failure) {
        return Optional.ofNullable(failure.getMessage()).orElse("");
    }

    private static String quoted(String text) {
        return text.isBlank() ? "" : " (" + TextSanitizer.singleLine(text.strip(), MAX_QUOTE) + ")";
    }
}
