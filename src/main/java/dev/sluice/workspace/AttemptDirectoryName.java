package dev.sluice.workspace;

import dev.sluice.job.Attempt;
import dev.sluice.job.StageName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An attempt as encoded in its directory name, {@code <stage>-<task>-<token>}. */
public record AttemptDirectoryName(StageName stage, int task, int token) {
    private static final Pattern NAME = Pattern.compile(Stream.of(StageName.values())
            .map(StageName::key)
            .collect(Collectors.joining("|", "(", ")-(\\d{1,9})-(\\d{1,9})")));

    static AttemptDirectoryName of(Attempt attempt) {
        return new AttemptDirectoryName(attempt.run().stage(), attempt.run().task(), attempt.fencingToken());
    }

    /** Parses a directory name; empty if it does not have this form. */
    static Optional<AttemptDirectoryName> of(String directory) {
        Matcher name = NAME.matcher(directory);
        return name.matches()
                ? Optional.of(new AttemptDirectoryName(
                        StageName.of(name.group(1)), Integer.parseInt(name.group(2)), Integer.parseInt(name.group(3))))
                : Optional.empty();
    }

    String toDirectoryName() {
        return stage.key() + "-" + task + "-" + token;
    }
}
