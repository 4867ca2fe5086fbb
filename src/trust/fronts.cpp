#include "trust/decide.h"
#include "trust/pillar.h"
#include "trust/read_models.h"

#define FULCRUM_PILLAR trust
#define FULCRUM_PILLAR_PROJECTS_ALL
#include "ledger/pillar_bind.h"
