/** S3 and the workspace on disk. */
@NullMarked
package dev.sluice.blob;

import org.jspecify.annotations.NullMarked;
