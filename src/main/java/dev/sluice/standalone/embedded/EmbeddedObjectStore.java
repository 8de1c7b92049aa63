package dev.sluice.standalone.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.gaul.s3proxy.CrossOriginResourceSharing;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/** An S3 server on the loopback interface, with its objects as files in a directory. */
public final class EmbeddedObjectStore implements AutoCloseable {
    private static final int THREADS = 32;
    private static final long MAX_BUFFERED_REQUEST_BYTES = 1 << 20;

    /** For direct uploads of the web UI and of pages in development; each request needs a signature, too. */
    private static final CrossOriginResourceSharing BROWSERS_OF_THIS_HOST = new CrossOriginResourceSharing(
            List.of("http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?"),
            List.of("GET", "HEAD", "PUT"),
            List.of("Content-Type", "Range"),
            List.of("ETag", "Content-Length", "Content-Range"),
            "");

    private final S3Proxy server;
    private final String accessKey;
    private final String secretKey;

    private EmbeddedObjectStore(S3Proxy server, String accessKey, String secretKey) {
        this.server = server;
        this.accessKey = accessKey;
        this.secretKey = secretKey;
    }

    /** Starts the server on a free port; blocks. */
    public static EmbeddedObjectStore start(Path dataDirectory, String bucket) throws IOException {
        return start(dataDirectory, bucket, 0);
    }

    /**
     * Starts the server with new credentials; blocks.
     *
     * @param bucket created if missing; 3 to 63 characters
     * @param port 0: any free port
     * @throws IOException if the directory is unusable or the port is in use
     */
    public static EmbeddedObjectStore start(Path dataDirectory, String bucket, int port) throws IOException {
        PrivateBlobStore store = PrivateBlobStore.open(dataDirectory, bucket);
        String accessKey = "sluice";
        String secretKey = newSecret();
        S3Proxy server = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(AuthenticationType.AWS_V4, accessKey, secretKey)
                .blobStore(store)
                .corsRules(BROWSERS_OF_THIS_HOST)
                // Bodies with one signature are buffered in memory; the production clients send none.
                .v4MaxNonChunkedRequestSize(MAX_BUFFERED_REQUEST_BYTES)
                .jettyMaxThreads(THREADS)
                .stopTimeout(0)
                .ignoreUnknownHeaders(true)
                .build();
        try {
            server.start();
        } catch (Exception cause) {
            throw new IOException("The embedded object store failed to start on port " + port + ".", cause);
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
            throw new IOException("The embedded object store failed to stop.", cause);
        }
    }

    @Override
    public String toString() {
        return "EmbeddedObjectStore[" + endpoint() + "]";
    }

    private static String newSecret() {
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }
}
