/** Directories of attempts, disk reservations, source cache. */
@NullMarked
package dev.sluice.workspace;

import org.jspecify.annotations.NullMarked;
