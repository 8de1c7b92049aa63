package dev.sluice.persistence.usertable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.JobId;
import dev.sluice.message.StagedJob;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** Rows of the user tables as jobs. */
class UserTableMappingTest {
    @Test
    void readsNullColumnsOfPendingJobAsEmpty() {
        JsonObject row = new JsonObject()
                .put("status", "PENDING")
                .putNull("mediaId")
                .putNull("userId")
                .putNull("s3Key")
                .putNull("originalFilename");

        assertThat(UserTableMapping.pendingJob(new JobId("job-1"), row))
                .map(StagedJob::mediaId)
                .hasValue("");
    }
}
