#pragma once
// The pure core of the data pillar.
#include "data/state.h"
#include "data/types.h"

#define FULCRUM_PILLAR data
#include "ledger/pillar_declare.h"
