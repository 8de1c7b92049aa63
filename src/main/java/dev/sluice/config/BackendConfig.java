package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import dev.sluice.config.value.PublicKeyFile;
import dev.sluice.config.value.Secret;
import io.vertx.core.json.JsonArray;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The backend half: jobs over HTTP, and the updates queue applied to the user's tables.
 *
 * @param enabled whether it runs in this process; whoever keeps a backend of his own leaves it off
 * @param host the address to listen on
 * @param port 0: any that is free
 * @param auth how callers say who they are
 * @param tokens how their tokens are checked, with {@link Auth#JWT}
 * @param maxBodyBytes the largest body of a request
 * @param requestsPerSecond of one address, on average; twice as many at once
 * @param corsOrigins the origins whose pages may call, {@code https://host[:port]}; none: no page of another origin
 * @param page whether the page is served, too
 * @param uploadsAtOnce how many bodies of videos may be on their way through this process; each holds one part of the store's
 *     size in memory
 * @param linkValid how long a link to an object lets one in
 * @param uploadsKept how long nothing may come before an upload that can be resumed expires
 * @param webhooks who is told how jobs end
 */
public record BackendConfig(
        boolean enabled,
        String host,
        int port,
        Auth auth,
        Tokens tokens,
        long maxBodyBytes,
        int requestsPerSecond,
        List<String> corsOrigins,
        boolean webUi,
        int maxConcurrentUploads,
        Duration presignedUrlTtl,
        Duration uploadTtl,
        WebhooksConfig webhooks) {

    private static final int SHORTEST_SECRET = 32;
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");

    public BackendConfig {
        corsOrigins = List.copyOf(corsOrigins);
    }

    /** How callers say who they are. */
    public enum Auth {
        /** By a signed token. */
        JWT,
        /** Not at all, and everybody may do everything: on the loopback address only. */
        NONE
    }

    /**
     * How tokens are checked.
     *
     * @param secret shared with who signs them (HS256, HS384, HS512)
     * @param publicKey of who signs them, PEM (RS256 or ES256)
     * @param issuer what {@code iss} has to be, where that matters
     * @param audience what has to be among {@code aud}, where that matters
     * @param adminClaim the claim that has to be {@code true} for who may see and do everything
     */
    public record Tokens(
            Optional<Secret> secret,
            Optional<PublicKeyFile> publicKey,
            Optional<String> issuer,
            Optional<String> audience,
            String adminClaim) {}

    static BackendConfig read(ConfigSection section) {
        boolean enabled = section.bool("enabled", false);
        String host = section.string("host", "127.0.0.1");
        Auth auth = section.enumValue("auth", Auth.JWT);
        Tokens tokens = tokens(section, enabled && auth == Auth.JWT);
        if (auth == Auth.NONE && !LOOPBACK.contains(host) && section.areValid("auth", "host")) {
            section.addError(
                    "auth", "none is for the loopback address only: host has to be 127.0.0.1, ::1 or localhost");
        }
        return new BackendConfig(
                enabled,
                host,
                section.integer("port", 8080, 0, 65_535),
                auth,
                tokens,
                section.longValue("maxBodyKiB", 64, 1, 65_536) << 10,
                section.integer("requestsPerSecond", 50, 1, 1_000_000),
                section.read("corsOrigins", BackendConfig::origins).orElse(List.of()),
                section.bool("page", true),
                section.integer("uploadsAtOnce", 4, 1, 1000),
                section.duration("linkSeconds", 3600, 10, 604_800),
                section.duration("uploadSeconds", 86_400, 60, 2_592_000),
                WebhooksConfig.read(section));
    }

    private static Tokens tokens(ConfigSection section, boolean needed) {
        Optional<Secret> secret = section.secret("jwtSecret");
        Optional<PublicKeyFile> publicKey =
                section.read("jwtPublicKeyFile", value -> PublicKeyFile.read(ValueParser.path(value)));
        if (secret.isPresent() && secret.get().reveal().length() < SHORTEST_SECRET) {
            section.addError("jwtSecret", "has fewer than " + SHORTEST_SECRET + " characters, and could be guessed");
        }
        if (secret.isPresent() && publicKey.isPresent()) {
            section.addError("jwtPublicKeyFile", "is given beside jwtSecret; tokens are signed in one way only");
        }
        if (needed
                && secret.isEmpty()
                && publicKey.isEmpty()
                && section.areValid("jwtSecret", "jwtSecretFile", "jwtPublicKeyFile")) {
            section.addError(
                    "auth", "jwt needs jwtSecret (or jwtSecretFile) or jwtPublicKeyFile to check the tokens with");
        }
        return new Tokens(
                secret,
                publicKey,
                section.optionalString("jwtIssuer"),
                section.optionalString("jwtAudience"),
                section.string("jwtAdminClaim", "admin"));
    }

    private static List<String> origins(Object value) {
        JsonArray list = ValueParser.list(value, "origins");
        return Stream.iterate(0, index -> index < list.size(), index -> index + 1)
                .map(index -> origin(list.getValue(index)))
                .toList();
    }

    private static String origin(Object value) {
        String text = ValueParser.text(value);
        URI uri = URI.create(text);
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!web || uri.getHost() == null || !text.equals(uri.getScheme() + "://" + uri.getRawAuthority())) {
            throw new IllegalArgumentException("origins look like https://host or https://host:port");
        }
        return text;
    }
}
