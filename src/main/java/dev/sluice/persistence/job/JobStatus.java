package dev.sluice.persistence.job;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.OutputFile;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a job stands.
 *
 * @param stage the stage it was in last
 * @param progress percent
 * @param errorCode on failure
 * @param error on failure, the sentence
 * @param runs in the order of the stages
 */
public record JobStatus(
        JobId id,
        State state,
        StageName stage,
        int progress,
        Optional<String> errorCode,
        Optional<String> error,
        List<OutputFile> outputs,
        List<String> warnings,
        Instant created,
        Optional<Instant> finished,
        List<RunStatus> runs) {

    public JobStatus {
        outputs = List.copyOf(outputs);
        warnings = List.copyOf(warnings);
        runs = List.copyOf(runs);
    }

    /** Whether a job still goes on. */
    public enum State {
        RUNNING,
        COMPLETED,
        FAILED
    }
}
