package dev.sluice.store;

import dev.sluice.job.Attempt;
import java.util.List;
import java.util.function.Function;

/** Attempts as columns of parameters, for statements about many of them. */
record AttemptColumns(List<Attempt> attempts) {
    String[] jobs() {
        return texts(attempt -> attempt.run().job().value());
    }

    String[] stages() {
        return texts(attempt -> attempt.run().stage().key());
    }

    Integer[] tasks() {
        return numbers(attempt -> attempt.run().task());
    }

    Integer[] tokens() {
        return numbers(Attempt::token);
    }

    private String[] texts(Function<Attempt, String> part) {
        return attempts.stream().map(part).toArray(String[]::new);
    }

    private Integer[] numbers(Function<Attempt, Integer> part) {
        return attempts.stream().map(part).toArray(Integer[]::new);
    }
}
