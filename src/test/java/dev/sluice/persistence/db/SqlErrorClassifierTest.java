package dev.sluice.persistence.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlErrorClassifierTest {
    @ParameterizedTest
    @ValueSource(strings = {"08006", "53300", "57P01", "57P03", "40P01", "40001", "55P03", "25006"})
    void takesTroubleWithTheServerForPassing(String state) {
        assertThat(code(new PgException("m", "FATAL", state, "d"))).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"42601", "42703", "23505", "22P02"})
    void takesTroubleWithAStatementForABug(String state) {
        assertThat(code(new PgException("m", "ERROR", state, "d"))).isEqualTo(ErrorCode.INTERNAL_ERROR);
    }

    @Test
    void takesTroubleWithTheConnectionForPassing() {
        assertThat(code(new IOException("reset"))).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        assertThat(code(new TimeoutException())).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        assertThat(code(VertxException.noStackTrace("closed"))).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
    }

    @Test
    void takesWhatItDoesNotKnowForABug() {
        assertThat(code(new IllegalStateException("x"))).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(code(new StackOverflowError())).isEqualTo(ErrorCode.INTERNAL_ERROR);
    }

    @Test
    void leavesAFailureOfOursAsItIs() {
        JobException failure = new JobException(ErrorCode.SHUTDOWN, "Shutting down.");

        assertThat(SqlErrorClassifier.translate(failure)).isSameAs(failure);
    }

    private static ErrorCode code(Throwable cause) {
        return ((JobException) SqlErrorClassifier.translate(cause)).code();
    }
}
