package dev.sluice.backend;

import java.time.Instant;

/** What this process is. */
public record Identity(String version, Instant started) {}
