#include "train/decide.h"
#include "train/pillar.h"
#include "train/read_models.h"

#define FULCRUM_PILLAR train
#include "ledger/pillar_bind.h"
