#pragma once
// The pure core of the train pillar.
#include "train/state.h"
#include "train/types.h"

#define FULCRUM_PILLAR train
#include "ledger/pillar_declare.h"
