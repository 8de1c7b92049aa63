/** Composition root: builds all services from the configuration and deploys the verticles. */
@NullMarked
package dev.sluice.app;

import org.jspecify.annotations.NullMarked;
