#pragma once
// The pure core of the team pillar.
#include "team/state.h"
#include "team/types.h"

#define FULCRUM_PILLAR team
#include "ledger/pillar_declare.h"
