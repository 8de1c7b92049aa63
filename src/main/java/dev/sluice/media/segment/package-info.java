/** Segment plan and frame timestamps. */
@NullMarked
package dev.sluice.media.segment;

import org.jspecify.annotations.NullMarked;
