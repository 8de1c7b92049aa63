/** Dead letters, health, process information. */
@NullMarked
package dev.sluice.backend.admin;

import org.jspecify.annotations.NullMarked;
