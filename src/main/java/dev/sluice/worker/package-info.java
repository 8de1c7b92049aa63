/** The worker of this process in the registry: reports its status and executes commands. */
@NullMarked
package dev.sluice.worker;

import org.jspecify.annotations.NullMarked;
