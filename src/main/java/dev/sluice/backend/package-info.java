/** The other half: how jobs come to be, and what a person does to them. */
@NullMarked
package dev.sluice.backend;

import org.jspecify.annotations.NullMarked;
