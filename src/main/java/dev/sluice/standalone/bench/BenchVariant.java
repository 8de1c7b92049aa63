package dev.sluice.standalone.bench;

/** The ways to the same outputs that a benchmark compares. */
public enum BenchVariant {
    /** The best FFmpeg command we can write by hand, by itself. */
    SINGLE_PASS("plain FFmpeg"),
    /** One FFmpeg run for each rung and each thumbnail, as the older processor does it. */
    LEGACY("older way"),
    /** A job through all three stages. */
    PIPELINE("pipeline");

    private final String title;

    BenchVariant(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
