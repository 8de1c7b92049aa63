/** Prefix commands: bubblewrap, prlimit, SCHED_BATCH, and the files a process may touch. */
@NullMarked
package dev.sluice.ffmpeg.sandbox;

import org.jspecify.annotations.NullMarked;
