/** Decides by trial encodes of excerpts how much effort a video needs, and measures the speed of a new host. */
@NullMarked
package dev.sluice.ffmpeg.trial;

import org.jspecify.annotations.NullMarked;
