#pragma once
// The pure core of the product pillar.
#include "product/event_types.h"
#include "product/query_types.h"
#include "product/state.h"
#include "product/types.h"

#define FULCRUM_PILLAR product
#include "ledger/pillar_declare.h"
