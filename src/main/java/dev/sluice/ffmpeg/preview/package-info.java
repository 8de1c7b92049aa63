/** Builds poster, storyboard and preview clip from the files of an encode. */
@NullMarked
package dev.sluice.ffmpeg.preview;

import org.jspecify.annotations.NullMarked;
