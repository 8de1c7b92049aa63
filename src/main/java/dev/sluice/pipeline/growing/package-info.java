/** Publishes and withdraws the playlists of videos that are being encoded in segments. */
@NullMarked
package dev.sluice.pipeline.growing;

import org.jspecify.annotations.NullMarked;
