/** Measures the loudness of audio. */
@NullMarked
package dev.sluice.ffmpeg.loudness;

import org.jspecify.annotations.NullMarked;
