package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import dev.sluice.config.value.PublicKeyFile;
import dev.sluice.config.value.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The HTTP API of jobs, and the consumer that applies the updates queue to the user tables.
 *
 * @param enabled whether both run in this process
 * @param host the address to listen on
 * @param port 0: any free port
 * @param auth how clients authenticate
 * @param tokens how tokens are verified, with {@link Auth#JWT}
 * @param corsOrigins allowed origins, {@code https://host[:port]}; empty: same origin only
 * @param webUi whether the web UI is served
 * @param presignedUrlTtl validity of a presigned URL
 */
public record BackendConfig(
        boolean enabled,
        String host,
        int port,
        Auth auth,
        Tokens tokens,
        RequestLimits limits,
        List<String> corsOrigins,
        boolean webUi,
        Uploads uploads,
        UserQuotas quotas,
        Duration presignedUrlTtl,
        WebhooksConfig webhooks) {

    private static final int MIN_SECRET_LENGTH = 32;
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");

    /** How clients authenticate. */
    public enum Auth {
        /** With a signed bearer token. */
        JWT,
        /** No authentication: every client has full access. Loopback address only. */
        NONE
    }

    /**
     * How tokens are verified.
     *
     * @param secret shared with the issuer (HS256, HS384, HS512)
     * @param publicKey of the issuer (RS256 or ES256)
     * @param issuer required {@code iss}; empty: any
     * @param audience required entry of {@code aud}; empty: any
     * @param adminClaim the claim that is {@code true} for administrators
     */
    public record Tokens(
            Optional<Secret> secret,
            Optional<PublicKeyFile> publicKey,
            Optional<String> issuer,
            Optional<String> audience,
            String adminClaim) {}

    /**
     * Limits of requests.
     *
     * @param maxBodyBytes maximum size of a body, except of uploads
     * @param maxBufferedBytes maximum size of all bodies in memory, except of uploads
     * @param perSecond average rate for each client address; the burst is twice as many
     * @param timeout within which a head, and a body except that of an upload, must be received
     */
    public record RequestLimits(
            long maxBodyBytes,
            long maxBufferedBytes,
            int perSecond,
            Duration timeout,
            ConnectionLimits connections,
            UploadPace uploadPace) {}

    /**
     * Maximum numbers of open connections.
     *
     * @param maxPerAddress of a client address
     */
    public record ConnectionLimits(int max, int maxPerAddress) {}

    /**
     * The minimum pace of an upload through this process.
     *
     * @param bytesPerSecond average in an interval
     * @param interval an upload without data for this time fails
     */
    public record UploadPace(long bytesPerSecond, Duration interval) {
        /** At least one. */
        public long minBytesPerInterval() {
            return Math.max(1, bytesPerSecond * interval.toMillis() / 1000);
        }
    }

    /**
     * Uploads through this process.
     *
     * @param maxConcurrent concurrent uploads; each needs one part ({@code s3.partSizeMiB}) of memory
     * @param ttl a resumable upload expires after this time without data
     * @param maxPendingBytes data of resumable uploads of all users that is kept in the database because it is less than a part
     */
    public record Uploads(int maxConcurrent, Duration ttl, long maxPendingBytes) {}

    static BackendConfig read(ConfigSection section) {
        boolean enabled = section.bool("enabled", false);
        String host = section.string("host", "127.0.0.1");
        Auth auth = section.enumValue("auth", Auth.JWT);
        Tokens tokens = tokens(section, enabled && auth == Auth.JWT);
        if (auth == Auth.NONE && !LOOPBACK.contains(host) && section.areValid("auth", "host")) {
            section.addError("auth", "none requires a loopback host: 127.0.0.1, ::1 or localhost");
        }
        return new BackendConfig(
                enabled,
                host,
                section.integer("port", 8080, 0, 65_535),
                auth,
                tokens,
                limits(section),
                section.read("corsOrigins", BackendConfig::origins).orElse(List.of()),
                section.bool("webUi", true),
                new Uploads(
                        section.integer("maxConcurrentUploads", 4, 1, 1000),
                        section.duration("uploadExpirySeconds", 86_400, 60, 2_592_000),
                        section.longValue("maxPendingUploadMiB", 1024, 1, 1 << 20) << 20),
                UserQuotas.read(section),
                section.duration("presignedUrlSeconds", 3600, 10, 604_800),
                WebhooksConfig.read(section));
    }

    private static RequestLimits limits(ConfigSection section) {
        RequestLimits limits = new RequestLimits(
                section.longValue("maxBodyKiB", 64, 1, 65_536) << 10,
                section.longValue("maxBufferedBodiesMiB", 8, 1, 4096) << 20,
                section.integer("requestsPerSecond", 50, 1, 1_000_000),
                section.duration("requestTimeoutSeconds", 10, 1, 3600),
                new ConnectionLimits(
                        section.integer("maxConnections", 1000, 1, 100_000),
                        section.integer("maxConnectionsPerAddress", 100, 1, 100_000)),
                new UploadPace(
                        section.longValue("minUploadKiBPerSecond", 4, 0, 1_048_576) << 10,
                        section.duration("uploadIdleSeconds", 20, 1, 3600)));
        if (limits.maxBodyBytes() > limits.maxBufferedBytes()
                && section.areValid("maxBodyKiB", "maxBufferedBodiesMiB")) {
            section.addError("maxBodyKiB", "must not exceed maxBufferedBodiesMiB");
        }
        return limits;
    }

    private static Tokens tokens(ConfigSection section, boolean needed) {
        Optional<Secret> secret = section.secret("jwtSecret");
        Optional<PublicKeyFile> publicKey =
                section.read("jwtPublicKeyFile", value -> PublicKeyFile.read(ValueParser.path(value)));
        if (secret.isPresent() && secret.get().reveal().length() < MIN_SECRET_LENGTH) {
            section.addError("jwtSecret", "must have at least " + MIN_SECRET_LENGTH + " characters");
        }
        if (secret.isPresent() && publicKey.isPresent()) {
            section.addError("jwtPublicKeyFile", "cannot be combined with jwtSecret");
        }
        if (needed
                && secret.isEmpty()
                && publicKey.isEmpty()
                && section.areValid("jwtSecret", "jwtSecretFile", "jwtPublicKeyFile")) {
            section.addError("auth", "jwt requires jwtSecret (or jwtSecretFile) or jwtPublicKeyFile");
        }
        return new Tokens(
                secret,
                publicKey,
                section.optionalString("jwtIssuer"),
                section.optionalString("jwtAudience"),
                section.string("jwtAdminClaim", "admin"));
    }

    private static List<String> origins(Object value) {
        return ValueParser.list(value, "origins").stream()
                .map(BackendConfig::origin)
                .toList();
    }

    private static String origin(Object value) {
        String text = ValueParser.text(value);
        URI uri = URI.create(text);
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!web || uri.getHost() == null || !text.equals(uri.getScheme() + "://" + uri.getRawAuthority())) {
            throw new IllegalArgumentException("origins must have the form https://host or https://host:port");
        }
        return text;
    }
}
