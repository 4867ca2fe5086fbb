#pragma once
// Declares the functions that factors.def names; a factor's file includes it, so that a function
// which is not listed does not compile.
#include "score/evidence.h"

namespace fulcrum::score {

#define FACTOR(score, factor, function, definition, query, raise) \
  Measured function(const Evidence&);
#include "score/factors.def"
#undef FACTOR

}  // namespace fulcrum::score
