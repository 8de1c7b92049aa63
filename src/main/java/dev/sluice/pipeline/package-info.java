/** The stage verticle, its delivery handler and the interface both request handlers implement. */
@NullMarked
package dev.sluice.pipeline;

import org.jspecify.annotations.NullMarked;
