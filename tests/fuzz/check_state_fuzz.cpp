// data/tables/checks.h: saved states of checks.
#include "data/tables/checks.h"
#include "fuzz/fuzz.h"

FUZZ(check_state) {
  using namespace fulcrum;
  using namespace fulcrum::data::tables;
  const auto value = base::parse_json(input, "state");
  if (!value) return;
  std::vector<CheckSettings> checks(1);
  checks[0].check = "unique";
  checks[0].columns = {"a"};
  const auto states = states_from(*value, checks);
  if (!states) return;
  const auto again = states_from(to_json(checks, *states), checks);
  fuzz::must(again && *again == *states, "what is saved reads as the same");
}
