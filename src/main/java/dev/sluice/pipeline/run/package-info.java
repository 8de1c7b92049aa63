/** Life of a run: claim, execute, commit, fail, retry, requeue, acknowledge. */
@NullMarked
package dev.sluice.pipeline.run;

import org.jspecify.annotations.NullMarked;
