package dev.sluice.common.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Trusted certificate authorities of a service, read from a PEM file.
 *
 * @param certificates at least one
 */
public record CaFile(Path path, List<X509Certificate> certificates) {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

    public CaFile {
        certificates = List.copyOf(certificates);
    }

    /**
     * Reads the file; text between certificates is skipped.
     *
     * @throws IllegalArgumentException if the file cannot be read, or contains no certificate or an invalid one
     */
    public static CaFile read(Path path) {
        Matcher blocks = CERTIFICATE.matcher(text(path));
        List<X509Certificate> certificates = new ArrayList<>();
        while (blocks.find()) {
            certificates.add(certificate(blocks.group(), certificates.size() + 1));
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("the file contains no PEM certificate (BEGIN CERTIFICATE)");
        }
        return new CaFile(path, certificates);
    }

    @Override
    public String toString() {
        return path.toString();
    }

    private static String text(Path path) {
        try {
            // PEM is ASCII; other content of the file may have any encoding.
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException("file not found", missing);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the file cannot be read", unreadable);
        }
    }

    private static X509Certificate certificate(String pem, int number) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (CertificateException damaged) {
            throw new IllegalArgumentException("certificate " + number + " of the file is invalid", damaged);
        }
    }
}
