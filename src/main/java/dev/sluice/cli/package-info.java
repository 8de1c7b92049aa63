/** The commands of the production jar: parse options, call the services, set the exit code. */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
