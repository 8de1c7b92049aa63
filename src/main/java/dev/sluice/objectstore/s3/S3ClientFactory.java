package dev.sluice.objectstore.s3;

import dev.sluice.common.tls.TrustManagers;
import dev.sluice.config.S3Config;
import dev.sluice.config.value.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.TrustManager;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/** Creates the client of the SDK from the configuration. */
final class S3ClientFactory {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /**
     * Connecting and the TLS handshake: there are no more requests than connections, so none waits for another one. The SDK loses
     * about one in a hundred refused connections, whose request then waits for this time.
     */
    private static final Duration ACQUISITION_TIMEOUT = CONNECT_TIMEOUT.plusSeconds(5);

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
    // The SDK's standard: three attempts, with delays between them.
    private static final int ATTEMPTS = 3;
    private static final Duration RETRY_DELAYS = Duration.ofSeconds(40);

    private S3ClientFactory() {}

    /** @param interceptors observe the requests */
    static S3AsyncClient create(
            S3Config config, int connections, SdkEventLoopGroup loops, List<ExecutionInterceptor> interceptors) {
        S3AsyncClientBuilder builder = S3AsyncClient.builder()
                .region(Region.of(config.region()))
                .credentialsProvider(credentials(config))
                .forcePathStyle(config.pathStyle())
                .serviceConfiguration(service -> service.expectContinueEnabled(config.expectContinue()))
                // Many S3-compatible stores reject the checksums that the SDK adds by default.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(override -> override.retryStrategy(RetryMode.STANDARD)
                        .executionInterceptors(interceptors)
                        .apiCallAttemptTimeout(config.timeout())
                        .apiCallTimeout(config.timeout().multipliedBy(ATTEMPTS).plus(RETRY_DELAYS)))
                // Completions switch to a Vert.x context immediately; a thread pool in between would only add cost.
                .asyncConfiguration(async ->
                        async.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
                .httpClientBuilder(http(config, connections, loops));
        config.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** The address of the store for error messages. */
    static String describeEndpoint(S3Config config) {
        return config.endpoint().map(URI::toString).orElse("AWS region " + config.region());
    }

    private static SdkAsyncHttpClient.Builder<?> http(S3Config config, int connections, SdkEventLoopGroup loops) {
        NettyNioAsyncHttpClient.Builder builder = NettyNioAsyncHttpClient.builder()
                .eventLoopGroup(loops)
                .maxConcurrency(connections)
                .connectionAcquisitionTimeout(min(config.timeout(), ACQUISITION_TIMEOUT))
                .connectionTimeout(min(config.timeout(), CONNECT_TIMEOUT))
                .readTimeout(min(config.timeout(), READ_TIMEOUT))
                .writeTimeout(min(config.timeout(), READ_TIMEOUT));
        config.caFile().ifPresent(caFile -> {
            TrustManager[] trust = {TrustManagers.forCaFile(config.caFile())};
            builder.tlsTrustManagersProvider(() -> trust);
        });
        return builder;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    static AwsCredentialsProvider credentials(S3Config config) {
        if (config.accessKey().isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        String secret = config.secretKey().map(Secret::reveal).orElse("");
        return StaticCredentialsProvider.create(
                AwsBasicCredentials.create(config.accessKey().get(), secret));
    }
}
