#pragma once
// The pure core of the release pillar.
#include "release/state.h"
#include "release/types.h"

#define FULCRUM_PILLAR release
#include "ledger/pillar_declare.h"
