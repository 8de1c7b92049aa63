/** Resumable uploads. */
@NullMarked
package dev.sluice.persistence.upload;

import org.jspecify.annotations.NullMarked;
