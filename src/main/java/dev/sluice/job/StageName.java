package dev.sluice.job;

/**
 * The stages of a job, in order, with the steps and the progress (percent) that a backend expects. Only a long video passes
 * SEGMENT and JOIN: PROCESSING creates the plan, SEGMENT encodes in tasks, and JOIN concatenates the segments.
 */
public enum StageName {
    DOWNLOAD(
            "download",
            "DOWNLOADING",
            new Boundary("downloading_video", 0),
            new Boundary("download_complete", 20),
            "download_failed"),
    PROCESSING(
            "processing",
            "PROCESSING",
            new Boundary("processing_video", 30),
            new Boundary("processing_complete", 70),
            "processing_failed"),
    SEGMENT(
            "segment",
            "PROCESSING",
            new Boundary("processing_video", 30),
            new Boundary("segment_encoded", 68),
            "processing_failed"),
    JOIN(
            "join",
            "PROCESSING",
            new Boundary("joining_segments", 68),
            new Boundary("processing_complete", 70),
            "processing_failed"),
    UPLOAD(
            "upload",
            "UPLOADING",
            new Boundary("uploading_results", 80),
            new Boundary("upload_complete", 100),
            "upload_failed");

    /** The {@code current_step} when PROCESSING has created a plan instead of encoding. */
    public static final String SEGMENTS_PLANNED_STEP = "segments_planned";

    private final String key;
    private final String wireStage;
    private final String startStep;
    private final int startProgress;
    private final String completedStep;
    private final int completedProgress;
    private final String failedStep;

    /** Start or completion of a stage, with the progress of the job in percent. */
    private record Boundary(String step, int progress) {}

    StageName(String key, String wireStage, Boundary start, Boundary completed, String failedStep) {
        this.key = key;
        this.wireStage = wireStage;
        this.startStep = start.step();
        this.startProgress = start.progress();
        this.completedStep = completed.step();
        this.completedProgress = completed.progress();
        this.failedStep = failedStep;
    }

    /** The name in configuration, routing keys, tables and logs. */
    public String key() {
        return key;
    }

    /** Whether runs of this stage exist only after planning, and are not created by a claim. */
    public boolean requiresPlan() {
        return this == SEGMENT || this == JOIN;
    }

    /** The {@code stage} of a staged job for this stage. */
    public String wireStage() {
        return wireStage;
    }

    public String startStep() {
        return startStep;
    }

    public int startProgress() {
        return startProgress;
    }

    public String completedStep() {
        return completedStep;
    }

    public int completedProgress() {
        return completedProgress;
    }

    public String failedStep() {
        return failedStep;
    }

    /**
     * The stage with this key.
     *
     * @throws IllegalArgumentException if no stage has this key
     */
    public static StageName of(String key) {
        for (StageName stage : values()) {
            if (stage.key.equals(key)) {
                return stage;
            }
        }
        throw new IllegalArgumentException("unknown stage '" + key + "'");
    }
}
