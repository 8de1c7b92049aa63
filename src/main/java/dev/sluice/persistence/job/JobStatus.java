package dev.sluice.persistence.job;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.OutputFile;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The status of a job, as workers see it.
 *
 * @param stage the last stage
 * @param progress percent
 * @param errorCode if the job failed
 * @param error the error message, if the job failed
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

    public enum State {
        RUNNING,
        COMPLETED,
        FAILED
    }
}
