/** What crosses the wire: one record a kind of message, and the only codec. */
@NullMarked
package dev.sluice.message;

import org.jspecify.annotations.NullMarked;
