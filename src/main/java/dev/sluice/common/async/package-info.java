/** Semaphore, concurrency limiter, retry with back-off, cancellable delay, cancellation token. */
@NullMarked
package dev.sluice.common.async;

import org.jspecify.annotations.NullMarked;
