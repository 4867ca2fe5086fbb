#include "team/decide.h"
#include "team/pillar.h"
#include "team/read_models.h"

#define FULCRUM_PILLAR team
#include "ledger/pillar_bind.h"
