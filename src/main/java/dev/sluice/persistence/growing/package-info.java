/** Streams that are published while their video is encoded. */
@NullMarked
package dev.sluice.persistence.growing;

import org.jspecify.annotations.NullMarked;
