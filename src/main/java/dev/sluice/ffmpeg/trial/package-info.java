/** Decides by trial encodes of excerpts how much effort a video needs. */
@NullMarked
package dev.sluice.ffmpeg.trial;

import org.jspecify.annotations.NullMarked;
