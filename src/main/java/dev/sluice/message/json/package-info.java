/** Bounded JSON validation and typed field access. */
@NullMarked
package dev.sluice.message.json;

import org.jspecify.annotations.NullMarked;
