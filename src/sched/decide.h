#pragma once
// The pure core of the scheduling pillar.
#include "sched/state.h"
#include "sched/types.h"

#define FULCRUM_PILLAR sched
#include "ledger/pillar_declare.h"
