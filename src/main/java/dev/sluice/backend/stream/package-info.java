/** Serves the playlists of private buckets with presigned URLs in them. */
@NullMarked
package dev.sluice.backend.stream;

import org.jspecify.annotations.NullMarked;
