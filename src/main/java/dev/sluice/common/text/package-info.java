/** Escaping and sanitizing of text. */
@NullMarked
package dev.sluice.common.text;

import org.jspecify.annotations.NullMarked;
