/** Maps job and media state to the user's own tables. */
@NullMarked
package dev.sluice.persistence.usertable;

import org.jspecify.annotations.NullMarked;
