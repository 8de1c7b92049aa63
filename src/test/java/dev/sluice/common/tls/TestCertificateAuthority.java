package dev.sluice.common.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * Certificate authority for tests, created with the keytool of the running JDK, and a server certificate that it signed: valid
 * for {@code localhost} and not for {@code 127.0.0.1}.
 */
public final class TestCertificateAuthority {
    public static final String PASSWORD = "changeit";

    private static final String KEY = " -keyalg EC -groupname secp256r1 -validity 7";

    private final Path directory;

    /** Each is created when it is first needed: every step starts a JVM. */
    private static final class Known {
        static final TestCertificateAuthority AUTHORITY = new TestCertificateAuthority("known-authority");

        static {
            AUTHORITY.issueServerCertificate();
        }
    }

    private static final class Unknown {
        static final TestCertificateAuthority AUTHORITY = new TestCertificateAuthority("unknown-authority");
    }

    private TestCertificateAuthority(String name) {
        try {
            this.directory = Files.createTempDirectory("test-authority");
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        keytool("-genkeypair -keystore ca.p12 -alias ca -ext bc:c -dname CN=" + name + KEY);
        keytool("-exportcert -keystore ca.p12 -alias ca -rfc -file ca.pem");
    }

    /** Issues the certificates of the test servers. */
    public static TestCertificateAuthority known() {
        return Known.AUTHORITY;
    }

    /** Issued no certificate of a test server. */
    public static TestCertificateAuthority unknown() {
        return Unknown.AUTHORITY;
    }

    public CaFile caFile() {
        return CaFile.read(caPem());
    }

    public Path caPem() {
        return directory.resolve("ca.pem");
    }

    /** The server's certificate, PEM. */
    public Path certificate() {
        return directory.resolve("server.pem");
    }

    /** The server's key, PEM, readable by its owner only. */
    public Path key() {
        return directory.resolve("server.key");
    }

    /** Both as a PKCS #12 store under {@link #PASSWORD}. */
    public Path keyStore() {
        return directory.resolve("server.p12");
    }

    private void issueServerCertificate() {
        keytool("-genkeypair -keystore server.p12 -alias server -dname CN=server" + KEY);
        keytool("-certreq -keystore server.p12 -alias server -file server.csr");
        keytool("-gencert -keystore ca.p12 -alias ca -validity 7 -ext san=dns:localhost -rfc"
                + " -infile server.csr -outfile server.crt");
        keytool("-importcert -keystore server.p12 -alias ca -file ca.pem -noprompt");
        keytool("-importcert -keystore server.p12 -alias server -file server.crt -noprompt");
        try {
            writePem();
        } catch (IOException | GeneralSecurityException cause) {
            throw new IllegalStateException(cause);
        }
    }

    private void keytool(String command) {
        String line = Path.of(System.getProperty("java.home"), "bin", "keytool")
                + " -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC " + command + " -storetype PKCS12 -storepass "
                + PASSWORD;
        try {
            Process process = new ProcessBuilder(line.split(" "))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(line + ": " + output);
            }
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    private void writePem() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve("server.p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : store.getCertificateChain("server")) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        Files.writeString(directory.resolve("server.pem"), chain);
        byte[] key = store.getKey("server", PASSWORD.toCharArray()).getEncoded();
        Path file = Files.createFile(
                directory.resolve("server.key"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, pem("PRIVATE KEY", key));
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + kind + "-----\n";
    }
}
