/** Extracts text tracks from a source. */
@NullMarked
package dev.sluice.ffmpeg.text;

import org.jspecify.annotations.NullMarked;
