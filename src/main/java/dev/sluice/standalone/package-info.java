/** The embedded broker, database and store, and what runs on them; never in the production jar. */
@NullMarked
package dev.sluice.standalone;

import org.jspecify.annotations.NullMarked;
