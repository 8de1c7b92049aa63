/** FFmpeg: probe, ladder, commands, progress, processes; the only package that knows it. */
@NullMarked
package dev.sluice.media;

import org.jspecify.annotations.NullMarked;
