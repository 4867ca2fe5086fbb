#include "product/decide.h"
#include "product/pillar.h"
#include "product/read_models.h"

#define FULCRUM_PILLAR product
#include "ledger/pillar_bind.h"
