/** Cancel and retry jobs, cancellation notices. */
@NullMarked
package dev.sluice.persistence.control;

import org.jspecify.annotations.NullMarked;
