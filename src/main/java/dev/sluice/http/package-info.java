/** The HTTP verticle, the router built from {@code openapi.yaml}, the web UI. */
@NullMarked
package dev.sluice.http;

import org.jspecify.annotations.NullMarked;
