/** Clustered event bus, whose members find each other through the database. */
@NullMarked
package dev.sluice.cluster;

import org.jspecify.annotations.NullMarked;
