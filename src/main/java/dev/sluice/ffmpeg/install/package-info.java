/** Finds FFmpeg, bubblewrap and the batch scheduler; unpacks the bundled FFmpeg. */
@NullMarked
package dev.sluice.ffmpeg.install;

import org.jspecify.annotations.NullMarked;
