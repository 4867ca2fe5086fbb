#include "sched/decide.h"
#include "sched/pillar.h"
#include "sched/read_models.h"

#define FULCRUM_PILLAR sched
#include "ledger/pillar_bind.h"
