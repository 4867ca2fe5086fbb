// train/interactions.h: what a recommender learns from.
#include "train/interactions.h"

#include <algorithm>

#include "fuzz/fuzz.h"

FUZZ(interactions) {
  using namespace fulcrum;
  const auto read = train::parse_interactions(input, "interactions.csv");
  if (!read) return fuzz::must(!read.error().field.empty(), "a mistake has a place");
  std::size_t rows = read->repeats;
  for (const auto& history : read->histories) {
    fuzz::must(!history.empty(), "a user has a history");
    rows += history.size();
    for (const auto item : history)
      fuzz::must(item >= 0 && static_cast<std::size_t>(item) < read->items.size(),
                 "an item has a name");
  }
  fuzz::must(rows == read->rows, "every row is in a history or a repeat");
  fuzz::must(read->histories.size() == read->users.size(), "every history has a user");
  fuzz::must(std::is_sorted(read->items.begin(), read->items.end()) &&
                 std::is_sorted(read->users.begin(), read->users.end()),
             "numbers follow the ids' order");
}
