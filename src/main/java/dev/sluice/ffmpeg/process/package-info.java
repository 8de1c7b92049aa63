/** Starts a process, reads progress and stderr, watches for stalls, maps failures. */
@NullMarked
package dev.sluice.ffmpeg.process;

import org.jspecify.annotations.NullMarked;
