/** Directory tree, file error mapping. */
@NullMarked
package dev.sluice.common.io;

import org.jspecify.annotations.NullMarked;
