package dev.sluice.persistence.db;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells trouble with the database, which passes, from trouble with our statements, which is a bug. */
public final class SqlErrorClassifier {
    /** No such column, table or type; another type than we cast to; a value that an enum does not have. */
    private static final Set<String> TABLE_DIFFERS = Set.of("42703", "42P01", "42704", "42804", "42846", "22P02");

    /** Connection, resources, operator intervention (shutdown, still starting), broken-off transactions. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "53", "57", "58", "40");
    /** Lock not available; transaction idle for too long; a standby, where a failover still goes on. */
    private static final Set<String> PASSING_STATES = Set.of("55P03", "25P03", "25006");

    private static final String INVALID_VALUE = "22";

    private SqlErrorClassifier() {}

    /** What a failed call becomes above this package; only what a sender failed with stays as it is. */
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

    /** Whether a start that failed so may work in a while; Flyway wraps what the driver said. */
    static boolean isTransientAtStartup(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refused && refused.getSQLState() != null) {
                return isTransient(refused.getSQLState());
            }
        }
        return false;
    }

    public static boolean isTransient(PgException refused) {
        return isTransient(refused.getSqlState());
    }

    /** Whether a user's table is no longer as we read it. */
    public static boolean isSchemaMismatch(PgException refused) {
        return TABLE_DIFFERS.contains(refused.getSqlState());
    }

    /** Whether a column cannot hold a value that was looked for, so that no row has it. */
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
