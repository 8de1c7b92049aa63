/** Create and query jobs, media, worker load. */
@NullMarked
package dev.sluice.persistence.job;

import org.jspecify.annotations.NullMarked;
