package dev.sluice.stage.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.value.InvalidConfigException;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.segment.Segment;
import dev.sluice.media.segment.SegmentPlan;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.run.StageCompletion.PlannedTask;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of a plan's tasks: the sound is 0, because all of it is one task and takes longest to wait for; the segments follow
 * from 1.
 */
public final class SegmentTasks {
    static final int AUDIO_TASK = 0;
    /** Sound is encoded some fifty times as fast as pictures. */
    private static final double AUDIO_WEIGHT = 0.02;

    private final EncodePlan plan;
    private final SegmentPlan cut;

    public SegmentTasks(EncodePlan plan) {
        this.plan = plan;
        this.cut = new SegmentPlan(plan.start(), plan.end(), plan.segmentDuration(), plan.segmentCount());
    }

    /** @throws JobException INVALID_MESSAGE when the job has no plan, or none that can be read */
    static EncodePlan planOf(StagedJob job) {
        try {
            return job.plan()
                    .orElseThrow(() -> new JobException(
                            ErrorCode.INVALID_MESSAGE, "The job is to be encoded in tasks, but has no plan for them."));
        } catch (InvalidMessageException bad) {
            throw new JobException(ErrorCode.INVALID_MESSAGE, String.valueOf(bad.getMessage()), bad);
        }
    }

    /**
     * The settings of the plan, with this host's limits.
     *
     * @throws JobException INVALID_MESSAGE when they cannot be read
     */
    static MediaConfig media(EncodePlan plan, MediaConfig ours) {
        try {
            return ours.withEncoding(plan.encoding());
        } catch (InvalidConfigException bad) {
            throw new JobException(
                    ErrorCode.INVALID_MESSAGE, "The plan's settings cannot be used: " + bad.getMessage() + ".", bad);
        }
    }

    /** All of them, in the order in which they are begun. */
    public List<PlannedTask> all() {
        List<PlannedTask> tasks = new ArrayList<>();
        double seconds = 0;
        for (Segment segment : cut.segments()) {
            double length = segment.end().minus(segment.start()).toMillis() / 1e3;
            seconds += length;
            tasks.add(new PlannedTask(of(segment.number()), length));
        }
        if (plan.hasAudio()) {
            tasks.add(0, new PlannedTask(AUDIO_TASK, seconds * AUDIO_WEIGHT));
        }
        return tasks;
    }

    static int of(int segment) {
        return segment + 1;
    }

    /** @throws JobException INVALID_MESSAGE when the plan has no such segment */
    Segment segment(int task) {
        if (task < 1 || task > plan.segmentCount()) {
            throw new JobException(ErrorCode.INVALID_MESSAGE, "The job's plan has no task " + task + ".");
        }
        return cut.segment(task - 1);
    }
}
