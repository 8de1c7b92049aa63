package dev.sluice.job;

/**
 * The stages in the order of a job's life, with the steps and progress (0 to 100) that a backend waits for. Only a long video
 * goes through SEGMENT and JOIN: then PROCESSING plans, SEGMENT encodes in tasks, and JOIN makes the whole of them.
 */
public enum StageName {
    DOWNLOAD("download", "DOWNLOADING", "downloading_video", 0, "download_complete", 20, "download_failed"),
    PROCESSING("processing", "PROCESSING", "processing_video", 30, "processing_complete", 70, "processing_failed"),
    SEGMENT("segment", "PROCESSING", "processing_video", 30, "segment_encoded", 68, "processing_failed"),
    JOIN("join", "PROCESSING", "joining_segments", 68, "processing_complete", 70, "processing_failed"),
    UPLOAD("upload", "UPLOADING", "uploading_results", 80, "upload_complete", 100, "upload_failed");

    /** The {@code current_step} when PROCESSING has planned, and not encoded itself. */
    public static final String SEGMENTS_PLANNED_STEP = "segments_planned";

    private final String key;
    private final String wireStage;
    private final String startStep;
    private final int startProgress;
    private final String completedStep;
    private final int completedProgress;
    private final String failedStep;

    StageName(
            String key,
            String wireStage,
            String startStep,
            int startProgress,
            String doneStep,
            int doneProgress,
            String failedStep) {
        this.key = key;
        this.wireStage = wireStage;
        this.startStep = startStep;
        this.startProgress = startProgress;
        this.completedStep = doneStep;
        this.completedProgress = doneProgress;
        this.failedStep = failedStep;
    }

    /** The name in configuration, routing keys, tables and logs: {@code download}, {@code processing}, … */
    public String key() {
        return key;
    }

    /** Whether a run of this stage is one of several tasks, which are planned before any of them can be claimed. */
    public boolean requiresPlan() {
        return this == SEGMENT || this == JOIN;
    }

    /** The {@code stage} of a staged job that waits for this stage. */
    public String wireStage() {
        return wireStage;
    }

    /** The {@code current_step} when a run of this stage starts. */
    public String startStep() {
        return startStep;
    }

    /** Progress in percent of the job when a run of this stage starts. */
    public int startProgress() {
        return startProgress;
    }

    /** The {@code current_step} when this stage is done. */
    public String completedStep() {
        return completedStep;
    }

    /** Progress in percent of the job when this stage is done. */
    public int completedProgress() {
        return completedProgress;
    }

    /** The {@code current_step} when the job failed in this stage. */
    public String failedStep() {
        return failedStep;
    }

    /**
     * The stage with this key.
     *
     * @throws IllegalArgumentException if no stage is called so
     */
    public static StageName of(String key) {
        for (StageName stage : values()) {
            if (stage.key.equals(key)) {
                return stage;
            }
        }
        throw new IllegalArgumentException("no stage is called '" + key + "'");
    }
}
