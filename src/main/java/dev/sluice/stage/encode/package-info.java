/** {@code ProcessingStage}, {@code SegmentStage}, {@code JoinStage} and the planner. */
@NullMarked
package dev.sluice.stage.encode;

import org.jspecify.annotations.NullMarked;
