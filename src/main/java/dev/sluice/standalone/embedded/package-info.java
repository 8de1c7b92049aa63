/** Embedded broker, PostgreSQL, S3. */
@NullMarked
package dev.sluice.standalone.embedded;

import org.jspecify.annotations.NullMarked;
