/** Implementation with the AWS SDK. */
@NullMarked
package dev.sluice.objectstore.s3;

import org.jspecify.annotations.NullMarked;
