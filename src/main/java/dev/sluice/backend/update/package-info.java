/** Consumes {@code video.processing.updates}, applies updates, feeds live subscribers. */
@NullMarked
package dev.sluice.backend.update;

import org.jspecify.annotations.NullMarked;
