#pragma once
#include <zlib.h>

/* deflateInit2 and inflateInit2 are macros, which Swift cannot import. */
static inline int gw_inflate_init(z_stream *stream) {
    return inflateInit2(stream, 15 + 32); /* 15-bit window, gzip or zlib header detected */
}
static inline int gw_deflate_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY); /* gzip header */
}
static inline int gw_deflate_init_zlib(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15, 8, Z_DEFAULT_STRATEGY); /* zlib header */
}
