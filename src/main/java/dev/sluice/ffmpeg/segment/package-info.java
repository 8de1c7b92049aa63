/** Encodes one segment; concatenates segments. */
@NullMarked
package dev.sluice.ffmpeg.segment;

import org.jspecify.annotations.NullMarked;
