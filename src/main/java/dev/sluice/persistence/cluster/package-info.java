/** Members of the clustered event bus. */
@NullMarked
package dev.sluice.persistence.cluster;

import org.jspecify.annotations.NullMarked;
