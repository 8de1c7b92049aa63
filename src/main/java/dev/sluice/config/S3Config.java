package dev.sluice.config;

import dev.sluice.common.tls.CaFile;
import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ServiceUri;
import dev.sluice.config.reader.ValueParser;
import dev.sluice.config.value.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The object store.
 *
 * @param endpoint where an S3-compatible store listens; empty for AWS
 * @param publicEndpoint where browsers reach it, for links; empty: as we do
 * @param caFile the authorities of the store's certificate; empty: those of this JVM
 * @param accessKey empty: the SDK's default chain (environment, profile, instance role)
 * @param pathStyle {@code endpoint/bucket/key} in place of {@code bucket.endpoint/key}
 * @param partSize bytes of one part of a multipart upload and of one range of a download; 5 MiB or more
 * @param parallelism parts or ranges of one object under way at once
 * @param timeout how long one request (one part, one range) may take
 */
public record S3Config(
        Optional<URI> endpoint,
        Optional<URI> publicEndpoint,
        Optional<CaFile> caFile,
        String region,
        String bucket,
        Optional<String> accessKey,
        Optional<Secret> secretKey,
        boolean pathStyle,
        long partSize,
        int parallelism,
        Duration timeout) {

    static S3Config read(ConfigSection section) {
        Optional<URI> endpoint = section.read("endpoint", S3Config::endpoint);
        Optional<CaFile> caFile = section.caFile();
        if (caFile.isPresent()
                && endpoint.filter(uri -> uri.getScheme().equals("http")).isPresent()) {
            section.addError("caFile", "is for TLS: the endpoint has to begin with https://");
        }
        Optional<String> accessKey = section.optionalString("accessKey");
        Optional<Secret> secretKey = section.secret("secretKey");
        if (accessKey.isPresent() != secretKey.isPresent()
                && section.areValid("accessKey", "secretKey", "secretKeyFile")) {
            section.addError(
                    accessKey.isPresent() ? "secretKey" : "accessKey",
                    "accessKey and secretKey go together: give both, or neither to use the machine's own");
        }
        return new S3Config(
                endpoint,
                section.read("publicEndpoint", S3Config::endpoint),
                caFile,
                section.string("region", "us-east-1"),
                section.string("bucket", "media"),
                accessKey,
                secretKey,
                section.bool("pathStyle", endpoint.isPresent()),
                section.longValue("partSizeMiB", 8, 5, 512) << 20,
                section.integer("parallelism", 4, 1, 64),
                section.duration("timeoutSeconds", 60, 1, 3600));
    }

    private static URI endpoint(Object value) {
        ServiceUri uri = ServiceUri.parse(ValueParser.text(value), List.of("http", "https"));
        if (uri.user().isPresent() || uri.password().isPresent()) {
            throw new IllegalArgumentException("credentials do not go here; they are accessKey and secretKey");
        }
        return URI.create(uri.withoutCredentials());
    }
}
