/** Files handed from one stage to the next: local or staged in the object store. */
@NullMarked
package dev.sluice.stage.artifact;

import org.jspecify.annotations.NullMarked;
