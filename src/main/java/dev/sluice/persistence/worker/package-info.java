/** SQL of the worker registry, of commands to workers and of paused stages. */
@NullMarked
package dev.sluice.persistence.worker;

import org.jspecify.annotations.NullMarked;
