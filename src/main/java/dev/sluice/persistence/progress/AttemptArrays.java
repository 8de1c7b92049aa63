package dev.sluice.persistence.progress;

import dev.sluice.job.Attempt;
import java.util.List;
import java.util.function.Function;

/** Attempts as array parameters, one array for each column, for statements about many attempts. */
public record AttemptArrays(List<Attempt> attempts) {
    public String[] jobs() {
        return texts(attempt -> attempt.run().job().value());
    }

    public String[] stages() {
        return texts(attempt -> attempt.run().stage().key());
    }

    public Integer[] tasks() {
        return numbers(attempt -> attempt.run().task());
    }

    public Integer[] tokens() {
        return numbers(Attempt::fencingToken);
    }

    private String[] texts(Function<Attempt, String> part) {
        return attempts.stream().map(part).toArray(String[]::new);
    }

    private Integer[] numbers(Function<Attempt, Integer> part) {
        return attempts.stream().map(part).toArray(Integer[]::new);
    }
}
