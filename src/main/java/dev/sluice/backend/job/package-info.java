/** Use cases on jobs: submit, list, cancel, retry, wait for the end. */
@NullMarked
package dev.sluice.backend.job;

import org.jspecify.annotations.NullMarked;
