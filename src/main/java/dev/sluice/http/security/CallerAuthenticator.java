package dev.sluice.http.security;

import dev.sluice.backend.job.Caller;
import dev.sluice.config.BackendConfig;
import dev.sluice.http.problem.ProblemCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.JWTAuthHandler;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who sends a request. */
public final class CallerAuthenticator {
    private static final Caller LOCAL_ADMIN = new Caller("local", true);
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

    /** What asks for tokens; empty where nobody is asked. */
    public Optional<JWTAuthHandler> handler() {
        return tokens.map(JWTAuthHandler::create);
    }

    /** Whom the handler has let through. */
    public Caller callerFor(@Nullable User user) {
        if (tokens.isEmpty()) {
            return LOCAL_ADMIN;
        }
        return user == null ? ANONYMOUS : new Caller(user.subject(), Boolean.TRUE.equals(user.<Object>get(adminClaim)));
    }

    /**
     * The sender of a request whose body is held back, which the handler would let flow; fails with 401. Empty where nobody is
     * asked.
     */
    public Future<Optional<User>> authenticate(HttpServerRequest request) {
        if (tokens.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Future.failedFuture(new HttpException(ProblemCode.UNAUTHORIZED.status()));
        }
        return tokens.get()
                .authenticate(
                        new TokenCredentials(header.substring(SCHEME.length()).strip()))
                .map(Optional::of)
                .recover(refused -> Future.failedFuture(new HttpException(ProblemCode.UNAUTHORIZED.status(), refused)));
    }
}
