package dev.sluice.backend.admin;

import java.time.Instant;

/** What this process is. */
public record ProcessInfo(String version, Instant startedAt) {}
