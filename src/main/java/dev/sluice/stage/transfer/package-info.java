/** {@code DownloadStage} and {@code UploadStage}. */
@NullMarked
package dev.sluice.stage.transfer;

import org.jspecify.annotations.NullMarked;
