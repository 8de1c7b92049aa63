/** Port and model: store, keys, ranges, checksums, staging. */
@NullMarked
package dev.sluice.objectstore;

import org.jspecify.annotations.NullMarked;
