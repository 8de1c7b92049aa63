package dev.sluice.media.text;

import java.time.Duration;

/** A chapter of a video; the title may be empty. */
public record Chapter(Duration start, Duration end, String title) {}
