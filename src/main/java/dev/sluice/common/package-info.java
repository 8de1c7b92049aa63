/** Bounded cache; the packages below have what every other package may use. */
@NullMarked
package dev.sluice.common;

import org.jspecify.annotations.NullMarked;
