package dev.sluice.media.streaming;

import java.util.Optional;

/**
 * Contents of a hybrid file.
 *
 * @param bytes size of the file
 * @param audio empty if there is none, or only priming
 */
public record StreamFile(long bytes, FragmentedStream video, Optional<FragmentedStream> audio) {}
