/** Pauses the stages of this worker whose runs fail while those of other workers succeed. */
@NullMarked
package dev.sluice.pipeline.health;

import org.jspecify.annotations.NullMarked;
