#pragma once
// The pure core of plan runs.
#include "plan/state.h"
#include "plan/types.h"

#define FULCRUM_PILLAR plan
#include "ledger/pillar_declare.h"
