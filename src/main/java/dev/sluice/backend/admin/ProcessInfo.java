package dev.sluice.backend.admin;

import java.time.Instant;

/** Version and start time of this process. */
public record ProcessInfo(String version, Instant startedAt) {}
