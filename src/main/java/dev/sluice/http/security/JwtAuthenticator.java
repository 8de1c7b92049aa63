package dev.sluice.http.security;

import dev.sluice.config.BackendConfig;
import dev.sluice.config.value.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.util.List;

/**
 * Verifies tokens: signature with the configured key and an algorithm that fits it, issuer, audience, expiration and subject. A
 * token without expiration is rejected, because it could never be revoked.
 */
final class JwtAuthenticator implements JWTAuth {
    /** Tolerated clock difference. */
    private static final int LEEWAY_SECONDS = 5;

    private final JWTAuth tokens;

    JwtAuthenticator(Vertx vertx, BackendConfig.Tokens config) {
        JWTOptions jwtOptions = new JWTOptions().setLeeway(LEEWAY_SECONDS);
        config.issuer().ifPresent(jwtOptions::setIssuer);
        config.audience().ifPresent(audience -> jwtOptions.setAudience(List.of(audience)));
        JWTAuthOptions options = new JWTAuthOptions().setJWTOptions(jwtOptions);
        config.secret()
                .map(Secret::reveal)
                .ifPresent(secret -> List.of("HS256", "HS384", "HS512")
                        .forEach(algorithm -> options.addPubSecKey(
                                new PubSecKeyOptions().setAlgorithm(algorithm).setBuffer(secret))));
        config.publicKey()
                .ifPresent(key -> options.addPubSecKey(
                        new PubSecKeyOptions().setAlgorithm(key.algorithm()).setBuffer(key.pem())));
        if (options.getPubSecKeys() == null || options.getPubSecKeys().isEmpty()) {
            // Without a key the library would accept unsigned tokens.
            throw new IllegalArgumentException("a key is required to verify tokens");
        }
        this.tokens = JWTAuth.create(vertx, options);
    }

    @Override
    public Future<User> authenticate(Credentials credentials) {
        return tokens.authenticate(credentials)
                .compose(user -> user.subject() == null || user.subject().isBlank() || user.get("exp") == null
                        ? Future.failedFuture("The token must contain sub and exp.")
                        : Future.succeededFuture(user));
    }

    @Override
    public String generateToken(JsonObject claims, JWTOptions options) {
        throw new UnsupportedOperationException("Sluice issues no tokens");
    }

    @Override
    public String generateToken(JsonObject claims) {
        throw new UnsupportedOperationException("Sluice issues no tokens");
    }
}
