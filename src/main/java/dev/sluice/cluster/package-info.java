/** The event bus over several hosts; the only room that knows Hazelcast. */
@NullMarked
package dev.sluice.cluster;

import org.jspecify.annotations.NullMarked;
