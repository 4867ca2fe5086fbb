#include "data/decide.h"
#include "data/pillar.h"
#include "data/read_models.h"

#define FULCRUM_PILLAR data
#include "ledger/pillar_bind.h"
