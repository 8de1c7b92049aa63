package dev.sluice.http.security;

import dev.sluice.backend.job.Caller;
import dev.sluice.config.BackendConfig;
import dev.sluice.http.problem.ProblemCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.handler.HttpException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Determines the caller of a request. */
public final class CallerAuthenticator {
    private static final Caller LOCAL_ADMIN = new Caller(Caller.LOCAL, true);
    private static final Caller ANONYMOUS = new Caller("", false);
    private static final String SCHEME = "Bearer ";

    private final Optional<JwtAuthenticator> tokens;
    private final String adminClaim;

    public CallerAuthenticator(Vertx vertx, BackendConfig config) {
        this.tokens = config.auth() == BackendConfig.Auth.JWT
                ? Optional.of(new JwtAuthenticator(vertx, config.tokens()))
                : Optional.empty();
        this.adminClaim = config.tokens().adminClaim();
    }

    /** The caller for an authenticated user. */
    public Caller callerFor(@Nullable User user) {
        if (tokens.isEmpty()) {
            return LOCAL_ADMIN;
        }
        return user == null ? ANONYMOUS : new Caller(user.subject(), Boolean.TRUE.equals(user.<Object>get(adminClaim)));
    }

    /** Authenticates a request by its head. Fails with 401; empty if authentication is disabled. */
    public Future<Optional<User>> authenticate(HttpServerRequest request) {
        if (tokens.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Future.failedFuture(new HttpException(ProblemCode.UNAUTHORIZED.status()));
        }
        return tokens.get()
                .authenticate(header.substring(SCHEME.length()).strip())
                .map(Optional::of)
                .recover(rejected ->
                        Future.failedFuture(new HttpException(ProblemCode.UNAUTHORIZED.status(), rejected)));
    }
}
