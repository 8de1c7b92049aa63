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
 * Checks tokens: signed with the one key and in a way that goes with it, for us, not expired, and about somebody. A token that
 * never expires is refused, because it could never be taken back.
 */
final class JwtAuthenticator implements JWTAuth {
    /** Clocks differ. */
    private static final int LEEWAY_SECONDS = 5;

    private final JWTAuth tokens;

    JwtAuthenticator(Vertx vertx, BackendConfig.Tokens config) {
        JWTOptions rules = new JWTOptions().setLeeway(LEEWAY_SECONDS);
        config.issuer().ifPresent(rules::setIssuer);
        config.audience().ifPresent(audience -> rules.setAudience(List.of(audience)));
        JWTAuthOptions options = new JWTAuthOptions().setJWTOptions(rules);
        config.secret()
                .map(Secret::reveal)
                .ifPresent(secret -> List.of("HS256", "HS384", "HS512")
                        .forEach(algorithm -> options.addPubSecKey(
                                new PubSecKeyOptions().setAlgorithm(algorithm).setBuffer(secret))));
        config.publicKey()
                .ifPresent(key -> options.addPubSecKey(
                        new PubSecKeyOptions().setAlgorithm(key.algorithm()).setBuffer(key.pem())));
        if (options.getPubSecKeys() == null || options.getPubSecKeys().isEmpty()) {
            // Without a key the library would take unsigned tokens.
            throw new IllegalArgumentException("tokens cannot be checked without a key");
        }
        this.tokens = JWTAuth.create(vertx, options);
    }

    @Override
    public Future<User> authenticate(Credentials credentials) {
        return tokens.authenticate(credentials)
                .compose(user -> user.subject() == null || user.subject().isBlank() || user.get("exp") == null
                        ? Future.failedFuture("The token has no sub or no exp.")
                        : Future.succeededFuture(user));
    }

    @Override
    public String generateToken(JsonObject claims, JWTOptions options) {
        throw new UnsupportedOperationException("tokens are made elsewhere");
    }

    @Override
    public String generateToken(JsonObject claims) {
        throw new UnsupportedOperationException("tokens are made elsewhere");
    }
}
