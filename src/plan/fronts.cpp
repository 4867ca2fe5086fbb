#include "plan/decide.h"
#include "plan/pillar.h"
#include "plan/read_models.h"

#define FULCRUM_PILLAR plan
#include "ledger/pillar_bind.h"
