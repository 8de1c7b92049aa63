/** One handler class for each group of JSON operations. */
@NullMarked
package dev.sluice.http.handler;

import org.jspecify.annotations.NullMarked;
