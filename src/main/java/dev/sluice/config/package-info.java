/** The configuration: one record a section, read from the JSON file, then the environment. */
@NullMarked
package dev.sluice.config;

import org.jspecify.annotations.NullMarked;
