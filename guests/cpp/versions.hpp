// The version of the standard library, which is that of gcc.
#pragma once

#define TEXT(x) #x
#define DOTS(a, b, c) TEXT(a) "." TEXT(b) "." TEXT(c)
#define GCC_VERSION DOTS(__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__)
