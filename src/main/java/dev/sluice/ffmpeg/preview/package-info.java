/** Builds poster and storyboard from the files of an encode. */
@NullMarked
package dev.sluice.ffmpeg.preview;

import org.jspecify.annotations.NullMarked;
