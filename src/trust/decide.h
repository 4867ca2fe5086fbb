#pragma once
// The pure core of the trust pillar.
#include "trust/state.h"
#include "trust/types.h"

#define FULCRUM_PILLAR trust
#include "ledger/pillar_declare.h"
