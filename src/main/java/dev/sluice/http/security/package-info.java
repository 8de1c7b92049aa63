/** Authentication, loopback-only mode, rate limit, body and path limits. */
@NullMarked
package dev.sluice.http.security;

import org.jspecify.annotations.NullMarked;
