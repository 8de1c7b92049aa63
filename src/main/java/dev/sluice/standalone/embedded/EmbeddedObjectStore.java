package dev.sluice.standalone.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** An S3 server on the loopback interface, with its objects as files in a directory, where the next start finds them. */
public final class EmbeddedObjectStore implements AutoCloseable {
    private static final int THREADS = 32;
    private static final long SMALL_REQUEST = 1 << 20;

    private final S3Proxy server;
    private final String accessKey;
    private final String secretKey;

    private EmbeddedObjectStore(S3Proxy server, String accessKey, String secretKey) {
        this.server = server;
        this.accessKey = accessKey;
        this.secretKey = secretKey;
    }

    /** Starts the server on a free port; blocking. */
    public static EmbeddedObjectStore start(Path dataDirectory, String bucket) throws IOException {
        return start(dataDirectory, bucket, 0);
    }

    /**
     * Starts the server; blocking. Every start makes new credentials: only who is told them by this object gets in.
     *
     * @param bucket made if it is not there; 3 to 63 characters
     * @param port 0: a free one
     * @throws IOException if the directory can't be used or the port is taken
     */
    public static EmbeddedObjectStore start(Path dataDirectory, String bucket, int port) throws IOException {
        Files.createDirectories(dataDirectory.resolve(bucket));
        String accessKey = "sluice";
        String secretKey = newSecret();
        S3Proxy server = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(AuthenticationType.AWS_V4, accessKey, secretKey)
                .blobStore(new FilesystemNio2BlobStore(dataDirectory.toString()))
                // Bodies signed as a whole are held in memory until they are checked; no client of ours sends such.
                .v4MaxNonChunkedRequestSize(SMALL_REQUEST)
                .jettyMaxThreads(THREADS)
                .stopTimeout(0)
                .ignoreUnknownHeaders(true)
                .build();
        try {
            server.start();
        } catch (Exception cause) {
            throw new IOException("the embedded store could not start on port " + port, cause);
        }
        return new EmbeddedObjectStore(server, accessKey, secretKey);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    public String accessKey() {
        return accessKey;
    }

    public String secretKey() {
        return secretKey;
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception cause) {
            throw new IOException("the embedded store could not stop", cause);
        }
    }

    @Override
    public String toString() {
        return "EmbeddedStore[" + endpoint() + "]";
    }

    private static String newSecret() {
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }
}
