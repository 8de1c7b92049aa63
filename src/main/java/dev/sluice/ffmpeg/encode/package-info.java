/** Builds and runs the encode of all renditions, verifies the output. */
@NullMarked
package dev.sluice.ffmpeg.encode;

import org.jspecify.annotations.NullMarked;
