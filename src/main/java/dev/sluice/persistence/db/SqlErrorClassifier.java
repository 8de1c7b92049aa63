package dev.sluice.persistence.db;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Separates transient database failures from rejected statements, which are bugs. */
public final class SqlErrorClassifier {
    /** Unknown column, table or type; a type other than the cast; a value that an enum does not have. */
    private static final Set<String> TABLE_DIFFERS = Set.of("42703", "42P01", "42704", "42804", "42846", "22P02");

    /** Connection, resources, operator intervention (shutdown, still starting), aborted transactions. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "53", "57", "58", "40");
    /** Lock not available; transaction idle for too long; a standby during a failover. */
    private static final Set<String> PASSING_STATES = Set.of("55P03", "25P03", "25006");

    /** A pooler rejects a parameter or a statement. Of the class of connection failures, but permanent. */
    private static final String PROTOCOL_VIOLATION = "08P01";

    private static final String INVALID_VALUE = "22";

    private SqlErrorClassifier() {}

    /** Converts the failure of a call for callers outside this package; failures of callbacks are unchanged. */
    static RuntimeException translate(Throwable cause) {
        if (cause instanceof JobException || cause instanceof CallbackFailedException) {
            return (RuntimeException) cause;
        }
        if (cause instanceof PgException refused) {
            return isTransient(refused.getSqlState()) ? unavailable(cause) : bug(refused);
        }
        boolean connection = cause instanceof VertxException || !(cause instanceof RuntimeException);
        return connection && !(cause instanceof Error) ? unavailable(cause) : JobException.of(cause);
    }

    /** Returns whether a failed start may succeed later; Flyway wraps the exception of the driver. */
    static boolean isTransientAtStartup(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refused && refused.getSQLState() != null) {
                return isTransient(refused.getSQLState())
                        && !refused.getSQLState().equals(PROTOCOL_VIOLATION);
            }
        }
        return false;
    }

    public static boolean isTransient(PgException refused) {
        return isTransient(refused.getSqlState());
    }

    /** Returns whether a user's table was changed after its columns were read. */
    public static boolean isSchemaMismatch(PgException refused) {
        return TABLE_DIFFERS.contains(refused.getSqlState());
    }

    /** Returns whether the type of a column cannot hold a searched value, so that no row has it. */
    public static boolean isInvalidValue(Throwable failure) {
        return failure.getCause() instanceof PgException refused
                && refused.getSqlState() != null
                && refused.getSqlState().startsWith(INVALID_VALUE);
    }

    private static boolean isTransient(@Nullable String state) {
        return state != null
                && state.length() >= 2
                && (PASSING_CLASSES.contains(state.substring(0, 2)) || PASSING_STATES.contains(state));
    }

    private static JobException unavailable(Throwable cause) {
        return new JobException(ErrorCode.DATABASE_UNAVAILABLE, "The database cannot be reached at the moment.", cause);
    }

    private static JobException bug(PgException refused) {
        return new JobException(
                ErrorCode.INTERNAL_ERROR,
                "The database refused a statement of Sluice (SQLSTATE " + refused.getSqlState() + ").",
                refused);
    }
}
