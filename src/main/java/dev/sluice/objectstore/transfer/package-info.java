/** Parts, ranges and files of a transfer. */
@NullMarked
package dev.sluice.objectstore.transfer;

import org.jspecify.annotations.NullMarked;
