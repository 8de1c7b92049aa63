/** The backend half's services over HTTP; the only package that knows Vert.x Web. */
@NullMarked
package dev.sluice.http;

import org.jspecify.annotations.NullMarked;
