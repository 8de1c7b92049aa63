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

/** Finds in what a client threw why TLS did not come about, in words for the person who has to mend it. */
public final class TlsErrorMapper {
    private static final int LONGEST_QUOTE = 200;

    private TlsErrorMapper() {}

    /**
     * The end of a sentence, without its full stop; empty if {@code failure} has nothing to do with TLS.
     *
     * @param key the setting that names the authorities, such as {@code rabbitmq.caFile}
     * @param caFile what it says
     */
    public static Optional<String> reason(Throwable failure, String key, Optional<CaFile> caFile) {
        List<Throwable> chain = chain(failure);
        if (has(chain, CertificateExpiredException.class)) {
            return Optional.of("its certificate, or that of its authority, has expired");
        }
        if (has(chain, CertificateNotYetValidException.class)) {
            return Optional.of("its certificate is not valid yet; is a clock wrong?");
        }
        Optional<String> name = chain.stream()
                .map(TlsErrorMapper::text)
                .filter(TlsErrorMapper::isAboutTheName)
                .findFirst();
        if (name.isPresent()) {
            return Optional.of(
                    "its certificate is for another host name than the one it was asked by" + quoted(name.get()));
        }
        if (has(chain, CertPathBuilderException.class) || has(chain, CertPathValidatorException.class)) {
            return Optional.of(
                    caFile.isPresent()
                            ? "its certificate comes from none of the authorities in " + key + " ("
                                    + caFile.get().path() + ")"
                            : "its certificate comes from no authority that this JVM trusts; " + key
                                    + " can name the right one");
        }
        return chain.stream()
                .filter(SSLException.class::isInstance)
                .map(TlsErrorMapper::text)
                .findFirst()
                .map(text -> text.contains("Unsupported or unrecognized SSL message") || text.contains("not an SSL/TLS")
                        ? "it does not speak TLS on that port"
                        : "TLS failed" + quoted(text));
    }

    /** Whether the other side was reached, and its certificate is the trouble. */
    public static boolean isCertificateRejected(Throwable failure) {
        List<Throwable> chain = chain(failure);
        return has(chain, CertificateException.class)
                || has(chain, CertPathBuilderException.class)
                || has(chain, CertPathValidatorException.class)
                || chain.stream().map(TlsErrorMapper::text).anyMatch(TlsErrorMapper::isAboutTheName);
    }

    private static boolean isAboutTheName(String text) {
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
        return text.isBlank() ? "" : " (" + TextSanitizer.singleLine(text.strip(), LONGEST_QUOTE) + ")";
    }
}
