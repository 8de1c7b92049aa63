/** Messages of the wire contract and their codec. */
@NullMarked
package dev.sluice.message;

import org.jspecify.annotations.NullMarked;
