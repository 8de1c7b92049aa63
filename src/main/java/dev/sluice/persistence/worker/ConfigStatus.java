package dev.sluice.persistence.worker;

import java.time.Instant;
import java.util.Optional;

/**
 * The configuration in force on a worker.
 *
 * @param digest equal for equal files and environment variables
 * @param error why the current file is not in force
 */
public record ConfigStatus(String digest, Instant loadedAt, Optional<String> error) {}
