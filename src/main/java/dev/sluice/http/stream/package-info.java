/** Handlers that do not buffer the body: form upload, tus, server-sent events. */
@NullMarked
package dev.sluice.http.stream;

import org.jspecify.annotations.NullMarked;
