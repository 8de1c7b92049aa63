/** Three ways of uploading: form, tus, presigned URL. */
@NullMarked
package dev.sluice.backend.upload;

import org.jspecify.annotations.NullMarked;
