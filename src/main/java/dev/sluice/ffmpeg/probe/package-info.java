/** Runs ffprobe, parses its output, validates the source. */
@NullMarked
package dev.sluice.ffmpeg.probe;

import org.jspecify.annotations.NullMarked;
