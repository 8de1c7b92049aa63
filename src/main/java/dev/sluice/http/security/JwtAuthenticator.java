package dev.sluice.http.security;

import dev.sluice.config.BackendConfig;
import dev.sluice.config.value.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens: signature with the configured key and an algorithm that fits it, issuer, audience, expiration and subject. A
 * token without expiration is rejected, because it could never be revoked. Claims must have the types of RFC 7519; the subject
 * is a text that can be stored.
 */
final class JwtAuthenticator {
    /** Tolerated clock difference. */
    private static final int LEEWAY_SECONDS = 5;

    private static final int MAX_SUBJECT_LENGTH = 255;
    /** The end of the year 9999. */
    private static final double MAX_TIME = 253_402_300_799.0;

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

    /** Fails if the token is invalid. */
    Future<User> authenticate(String token) {
        // The library throws exceptions for claims of another type.
        return Future.succeededFuture(new TokenCredentials(token))
                .compose(tokens::authenticate)
                .compose(user -> isValid(token)
                        ? Future.succeededFuture(user)
                        : Future.failedFuture(
                                "The token must contain sub and exp, and claims of the types of RFC 7519."));
    }

    /** Checks what the library does not: types of claims, and extensions that the verifier must understand. */
    private static boolean isValid(String token) {
        String[] parts = token.split("\\.", -1);
        JsonObject claims = decode(parts[1]);
        Object audience = claims.getValue("aud", "");
        return !decode(parts[0]).containsKey("crit")
                && claims.getValue("sub") instanceof String subject
                && isSubject(subject)
                && isTime(claims.getValue("exp"))
                && isTime(claims.getValue("nbf", 0))
                && isTime(claims.getValue("iat", 0))
                && claims.getValue("iss", "") instanceof String
                && (audience instanceof String
                        || (audience instanceof JsonArray list && list.stream().allMatch(String.class::isInstance)));
    }

    private static JsonObject decode(String part) {
        return new JsonObject(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
    }

    private static boolean isSubject(String subject) {
        return !subject.isBlank()
                && subject.length() <= MAX_SUBJECT_LENGTH
                && subject.chars().noneMatch(Character::isISOControl)
                && StandardCharsets.UTF_8.newEncoder().canEncode(subject);
    }

    private static boolean isTime(@Nullable Object value) {
        return value instanceof Number seconds && seconds.doubleValue() >= 0 && seconds.doubleValue() <= MAX_TIME;
    }
}
