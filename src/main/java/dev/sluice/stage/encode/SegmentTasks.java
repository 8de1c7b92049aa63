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
import dev.sluice.stage.TaskPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers of a plan's tasks: the audio is task 0; segments are numbered from 1. The audio is started first, because it is one task
 * and takes longest, or second if viewers wait for the first segment.
 */
public final class SegmentTasks {
    static final int AUDIO_TASK = 0;
    /** Audio is encoded about fifty times as fast as video. */
    private static final double AUDIO_WEIGHT = 0.02;
    /** With fewer segments, the whole audio is encoded as early. */
    private static final int MIN_SEGMENTS_FOR_AUDIO_HEAD = 4;
    /** A sixteenth of the video plays longer than the encode of its whole audio takes. */
    private static final int AUDIO_HEADS = 16;

    private final EncodePlan plan;
    private final SegmentPlan segments;

    public SegmentTasks(EncodePlan plan) {
        this.plan = plan;
        this.segments = new SegmentPlan(plan.start(), plan.end(), plan.segmentDuration(), plan.segmentCount());
    }

    /** @throws JobException INVALID_MESSAGE if the job has no readable plan */
    static EncodePlan planOf(StagedJob job) {
        try {
            return job.plan()
                    .orElseThrow(() -> new JobException(
                            ErrorCode.INVALID_MESSAGE, "The job requires tasks, but has no plan for them."));
        } catch (InvalidMessageException invalid) {
            throw new JobException(ErrorCode.INVALID_MESSAGE, String.valueOf(invalid.getMessage()), invalid);
        }
    }

    /**
     * The encoding settings of the plan, with the limits of this host.
     *
     * @throws JobException INVALID_MESSAGE if the settings are invalid
     */
    static MediaConfig media(EncodePlan plan, MediaConfig local) {
        try {
            return local.withEncoding(plan.encoding());
        } catch (InvalidConfigException invalid) {
            throw new JobException(
                    ErrorCode.INVALID_MESSAGE,
                    "The encoding settings of the plan are invalid: " + invalid.getMessage() + ".",
                    invalid);
        }
    }

    /** All tasks. A segment weighs its seconds. */
    public TaskPlan taskPlan() {
        List<TaskPlan.Task> tasks = new ArrayList<>();
        double seconds = 0;
        for (Segment segment : segments.segments()) {
            double length = segment.end().minus(segment.start()).toMillis() / 1e3;
            seconds += length;
            tasks.add(new TaskPlan.Task(of(segment.number()), length));
        }
        if (plan.hasAudio()) {
            tasks.add(plan.growing().isPresent() ? 1 : 0, new TaskPlan.Task(AUDIO_TASK, seconds * AUDIO_WEIGHT));
        }
        return new TaskPlan(tasks);
    }

    /** Segments whose audio is published before the rest of it is encoded; 0: none. */
    int audioHeadSegments() {
        return plan.growing().isEmpty() || plan.segmentCount() < MIN_SEGMENTS_FOR_AUDIO_HEAD
                ? 0
                : (plan.segmentCount() + AUDIO_HEADS - 1) / AUDIO_HEADS;
    }

    static int of(int segment) {
        return segment + 1;
    }

    /** @throws JobException INVALID_MESSAGE if the plan has no such segment */
    Segment segment(int task) {
        if (task < 1 || task > plan.segmentCount()) {
            throw new JobException(ErrorCode.INVALID_MESSAGE, "The job's plan has no task " + task + ".");
        }
        return segments.segment(task - 1);
    }
}
