/** RFC 9457 problem responses and the mapping from exceptions. */
@NullMarked
package dev.sluice.http.problem;

import org.jspecify.annotations.NullMarked;
