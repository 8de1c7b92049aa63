package dev.sluice.standalone.bench;

import java.util.Locale;

/** The ways of producing the same outputs that a benchmark compares; named as on the command line. */
public enum BenchVariant {
    /** One plain FFmpeg command for all outputs. */
    SINGLE_PASS,
    /** One FFmpeg run for each rendition and each thumbnail, as in the legacy processor. */
    LEGACY,
    /** A job that passes through all stages. */
    PIPELINE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
