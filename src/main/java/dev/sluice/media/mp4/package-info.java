/** Reads and writes boxes and sample tables of MP4 files. */
@NullMarked
package dev.sluice.media.mp4;

import org.jspecify.annotations.NullMarked;
