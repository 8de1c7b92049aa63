/** Commands that observe and control the workers. */
@NullMarked
package dev.sluice.cli.fleet;

import org.jspecify.annotations.NullMarked;
