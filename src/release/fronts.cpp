#include "release/decide.h"
#include "release/pillar.h"
#include "release/read_models.h"

#define FULCRUM_PILLAR release
#include "ledger/pillar_bind.h"
