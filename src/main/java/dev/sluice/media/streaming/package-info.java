/** Streams as players load them: segments, HLS playlists and the DASH manifest. */
@NullMarked
package dev.sluice.media.streaming;

import org.jspecify.annotations.NullMarked;
