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
 * @param endpoint of an S3-compatible store; empty: AWS
 * @param publicEndpoint address for browsers, used in presigned URLs; empty: {@code endpoint}
 * @param caFile authorities trusted for the store's certificate; empty: trust store of the JVM
 * @param accessKey empty: the SDK's default chain (environment, profile, instance role)
 * @param pathStyle {@code endpoint/bucket/key} instead of {@code bucket.endpoint/key}
 * @param partSize bytes of one part of a multipart upload and of one range of a download; at least 5 MiB
 * @param parallelism concurrent parts or ranges of one object
 * @param timeout of one request (one part, one range)
 * @param expectContinue whether an upload waits for the store's consent before it sends its body
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
        Duration timeout,
        boolean expectContinue) {

    static S3Config read(ConfigSection section) {
        Optional<URI> endpoint = section.read("endpoint", S3Config::endpoint);
        Optional<CaFile> caFile = section.caFile();
        if (caFile.isPresent()
                && endpoint.filter(uri -> uri.getScheme().equals("http")).isPresent()) {
            section.addError("caFile", "requires TLS: the endpoint must begin with https://");
        }
        Optional<String> accessKey = section.optionalString("accessKey");
        Optional<Secret> secretKey = section.secret("secretKey");
        if (accessKey.isPresent() != secretKey.isPresent()
                && section.areValid("accessKey", "secretKey", "secretKeyFile")) {
            section.addError(
                    accessKey.isPresent() ? "secretKey" : "accessKey",
                    "accessKey and secretKey must be set together; without both the credential chain of AWS is used");
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
                section.duration("timeoutSeconds", 60, 1, 3600),
                section.bool("expectContinue", true));
    }

    private static URI endpoint(Object value) {
        ServiceUri uri = ServiceUri.parse(ValueParser.text(value), List.of("http", "https"));
        if (uri.user().isPresent() || uri.password().isPresent()) {
            throw new IllegalArgumentException("must not contain credentials; use accessKey and secretKey");
        }
        return URI.create(uri.withoutCredentials());
    }
}
