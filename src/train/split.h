#pragma once
// Leave-last-out in time: a user's last item is the test, the one before it the validation, the
// rest is learnt from.
#include <vector>

#include "train/interactions.h"

namespace fulcrum::train {

/// "Given this history, which item came next?"
struct Case {
  std::size_t user = 0;  // index into Interactions::users
  History history;       // oldest first
  Item target = 0;
};

struct Split {
  std::vector<History> training;  // one sequence per user; users with < 3 interactions wholly
  std::vector<Case> validation;   // history = the training part
  std::vector<Case> test;         // history = the training part and the validation item
  std::vector<Case> held_out;     // users that were kept apart: their last item
  std::size_t held_out_users = 0;
};

/// `holdout_users` is the share of users (by a hash of their id, 0…1) that neither training nor
/// validation nor test sees: people on whom a later canary measures something new.
Split split_leave_last_out(const Interactions& interactions, double holdout_users);
/// Whether a user is kept apart at that share; the same answer wherever it is asked. A larger
/// share keeps everybody apart that a smaller one does.
bool is_held_out(std::string_view user, double share);

/// Destroys the signal on purpose: every item of every sequence changes places with any other, so
/// that lengths and popularity stay and order and taste are gone. To make a bad model knowingly.
void shuffle_items(std::vector<History>& sequences, std::uint64_t seed);

}  // namespace fulcrum::train
