// data/personal/personal_text.h: personal data in free text.
#include "data/personal/personal_text.h"

#include "fuzz/fuzz.h"

FUZZ(personal_text) {
  using namespace fulcrum;
  const auto once = data::redact(input);
  const auto twice = data::redact(once.text);
  fuzz::must(twice.text == once.text, "redacting twice changes nothing more");
  fuzz::must(!once.kinds.empty() || once.text == input, "without a finding nothing changes");
}
