/** The worker of this process in the registry: reports its status, executes commands, and keeps the speed of its host. */
@NullMarked
package dev.sluice.worker;

import org.jspecify.annotations.NullMarked;
