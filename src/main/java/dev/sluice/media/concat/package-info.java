/** Presents the encoded segments of a video and its audio as one MP4 file, without copying samples. */
@NullMarked
package dev.sluice.media.concat;

import org.jspecify.annotations.NullMarked;
