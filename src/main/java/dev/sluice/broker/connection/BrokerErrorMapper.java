package dev.sluice.broker.connection;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.common.text.TextSanitizer;
import dev.sluice.common.tls.TlsErrorMapper;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Maps exceptions of the AMQP client to a {@link BrokerException} that names the broker and the reason. */
public final class BrokerErrorMapper {
    private static final int MAX_QUOTE = 300;
    /** Part of the reply with code 406 that closes a channel of RabbitMQ. */
    private static final String CONSUMER_TIMEOUT = "delivery acknowledgement on channel";

    private static final String TRUNCATED = "the connection was cut.";

    private BrokerErrorMapper() {}

    /** Translates {@code cause} into the exception to report. */
    public static BrokerException translate(BrokerEndpoint endpoint, Throwable cause) {
        if (cause instanceof BrokerException known) {
            return known;
        }
        return new BrokerException(
                "RabbitMQ at " + endpoint + ": " + reason(endpoint, cause), cause, isPermanent(cause));
    }

    /** Translates {@code cause}, which occurred before the broker had sent anything. */
    static BrokerException translateConnectFailure(BrokerEndpoint endpoint, Throwable cause) {
        BrokerException failure = translate(endpoint, cause);
        return !endpoint.tls() && failure.message().endsWith(TRUNCATED)
                ? new BrokerException(
                        failure.message()
                                .replace(
                                        TRUNCATED,
                                        "the connection was cut before the login; if that port is for TLS, the uri"
                                                + " has to begin with amqps://."),
                        cause)
                : failure;
    }

    private static String reason(BrokerEndpoint endpoint, Throwable cause) {
        Optional<String> tls = endpoint.tls()
                ? TlsErrorMapper.reason(
                        cause, "rabbitmq.caFile", endpoint.config().caFile())
                : Optional.empty();
        if (tls.isPresent()) {
            return tls.get() + ".";
        }
        for (Throwable at = cause; at != null; at = at.getCause()) {
            String known = known(endpoint, at);
            if (known != null) {
                return known;
            }
        }
        return cause.getClass().getSimpleName() + quoted(cause.getMessage()) + ".";
    }

    private static @Nullable String known(BrokerEndpoint endpoint, Throwable cause) {
        if (cause instanceof ShutdownSignalException shutdown) {
            return closed(endpoint, shutdown);
        }
        if (cause instanceof AuthenticationFailureException) {
            return "the user '" + endpoint.config().user() + "' or its password was rejected.";
        }
        if (cause instanceof PossibleAuthenticationFailureException) {
            return "the connection was closed during the login; the user '"
                    + endpoint.config().user() + "', its password or the virtual host '" + endpoint.virtualHost()
                    + "' may be wrong.";
        }
        if (cause instanceof UnknownHostException) {
            return "the name '" + endpoint.host() + "' is not known.";
        }
        if (cause instanceof SocketTimeoutException || cause instanceof TimeoutException) {
            return "no answer in time.";
        }
        if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
            return "nothing listens there" + quoted(cause.getMessage()) + ".";
        }
        if (cause instanceof EOFException) {
            return TRUNCATED;
        }
        return null;
    }

    /** A wrong password, a missing permission or virtual host, or a declaration that differs. */
    private static boolean isPermanent(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof AuthenticationFailureException) {
                return true;
            }
            if (at instanceof ShutdownSignalException shutdown) {
                Method reason = shutdown.getReason();
                return (reason instanceof AMQP.Channel.Close channel
                                && isPermanent(channel.getReplyCode(), channel.getReplyText()))
                        || (reason instanceof AMQP.Connection.Close connection
                                && isPermanent(connection.getReplyCode(), connection.getReplyText()));
            }
        }
        return false;
    }

    private static boolean isPermanent(int code, @Nullable String text) {
        return switch (code) {
            case AMQP.ACCESS_REFUSED, AMQP.PRECONDITION_FAILED -> true;
            // A limit of connections or channels is reached for a time only.
            case AMQP.NOT_ALLOWED -> text == null || !text.contains("limit");
            default -> false;
        };
    }

    /** Returns whether the broker reported that the named queue or exchange does not exist. */
    public static boolean isNotFound(IOException refused) {
        return hasReplyCode(refused, AMQP.NOT_FOUND);
    }

    /** Returns whether the broker rejected the arguments of a request. */
    public static boolean isPreconditionFailed(IOException refused) {
        return hasReplyCode(refused, AMQP.PRECONDITION_FAILED);
    }

    private static boolean hasReplyCode(IOException refused, int code) {
        return refused.getCause() instanceof ShutdownSignalException shutdown
                && shutdown.getReason() instanceof AMQP.Channel.Close close
                && close.getReplyCode() == code;
    }

    /** Returns why a connection or channel was closed. */
    private static String closed(BrokerEndpoint endpoint, ShutdownSignalException shutdown) {
        Method reason = shutdown.getReason();
        if (reason instanceof AMQP.Channel.Close close) {
            return refused(endpoint, close.getReplyCode(), close.getReplyText());
        }
        if (reason instanceof AMQP.Connection.Close close) {
            return close.getReplyCode() == AMQP.REPLY_SUCCESS || shutdown.isInitiatedByApplication()
                    ? "the connection was closed."
                    : refused(endpoint, close.getReplyCode(), close.getReplyText());
        }
        return shutdown instanceof AlreadyClosedException || shutdown.getCause() == null
                ? "the connection was closed."
                : TRUNCATED;
    }

    private static String refused(BrokerEndpoint endpoint, int code, @Nullable String text) {
        String quote = code + quoted(text);
        if (text != null && text.contains(CONSUMER_TIMEOUT)) {
            return "a delivery was not acknowledged within the consumer_timeout of the broker, which requeued it: "
                    + quote + ".";
        }
        return switch (code) {
            case AMQP.PRECONDITION_FAILED -> "a queue, exchange or delivery differs from the expected: " + quote + ".";
            case AMQP.NOT_FOUND -> "something does not exist: " + quote + ".";
            case AMQP.ACCESS_REFUSED ->
                "the user '" + endpoint.config().user() + "' lacks a permission: " + quote + ".";
            case AMQP.NOT_ALLOWED -> "the virtual host '" + endpoint.virtualHost() + "' was rejected: " + quote + ".";
            case AMQP.CONNECTION_FORCED -> "the broker closed the connection: " + quote + ".";
            default -> "the broker refused: " + quote + ".";
        };
    }

    /** Formats external text in parentheses: one line, at most {@value #MAX_QUOTE} characters. */
    private static String quoted(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return "";
        }
        return " (" + TextSanitizer.singleLine(text.strip(), MAX_QUOTE) + ")";
    }
}
