package dev.sluice.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The object store.
 *
 * @param endpoint where an S3-compatible store listens; empty for AWS
 * @param accessKey empty: the SDK's default chain (environment, profile, instance role)
 * @param pathStyle {@code endpoint/bucket/key} in place of {@code bucket.endpoint/key}
 * @param partSize bytes of one part of a multipart upload and of one range of a download; 5 MiB or more
 * @param parallelism parts or ranges of one object under way at once
 * @param timeout how long one request (one part, one range) may take
 */
public record S3Config(
        Optional<URI> endpoint,
        String region,
        String bucket,
        Optional<String> accessKey,
        Optional<Secret> secretKey,
        boolean pathStyle,
        long partSize,
        int parallelism,
        Duration timeout) {}
